/** Makes the page ready for paper, and as it was again: light, and with nothing folded. */
export function preparePrinting(): void {
  const folded: HTMLDetailsElement[] = [];
  let scheme: string | undefined;
  window.addEventListener('beforeprint', () => {
    const { dataset } = document.documentElement;
    scheme = dataset['theme'];
    dataset['theme'] = 'light';
    for (const details of document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')) {
      details.open = true;
      folded.push(details);
    }
  });
  window.addEventListener('afterprint', () => {
    if (scheme !== undefined) document.documentElement.dataset['theme'] = scheme;
    for (const details of folded.splice(0)) details.open = false;
  });
}

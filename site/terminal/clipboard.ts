/**
 * Puts text on the clipboard. Over plain http, as in a class's own network, browsers withhold `navigator.clipboard`; the
 * old command still works there, as long as it runs inside a click or a key press. False: the browser refused.
 */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Denied by a setting or a lost focus: the old way asks for no permission.
    }
  }
  return copyByCommand(text);
}

function copyByCommand(text: string): boolean {
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.setAttribute('aria-hidden', 'true');
  area.style.cssText = 'position: fixed; inset: 0 auto auto 0; opacity: 0; pointer-events: none';
  // What lies outside an open dialog cannot take the focus.
  const parent = focused?.closest('dialog[open]') ?? document.body;
  parent.append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}

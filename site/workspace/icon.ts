/** An icon from the path of its lines in a square of 24. */
export function icon(path: string): SVGElement {
  const template = document.createElement('template');
  template.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
  return template.content.firstElementChild as SVGElement;
}

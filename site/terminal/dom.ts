type Content = Node | string;

/** Makes an element. `attributes` with an empty value are set as such; undefined ones are left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | undefined> = {},
  ...content: Content[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...content);
  return element;
}

let count = 0;

/** An id that no other element of the page has. */
export function uniqueId(prefix: string): string {
  return `${prefix}-${++count}`;
}

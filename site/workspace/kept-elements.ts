/** Children of an element that stand for items: what is still there stays the same element. */
export class Kept<Item> {
  readonly #parent: Element;
  readonly #keyOf: (item: Item) => string;
  readonly #make: (first: boolean) => HTMLElement;
  #known = new Map<string, HTMLElement>();
  #first = true;

  /** `make` is told whether it is for the first items of all. */
  constructor(parent: Element, keyOf: (item: Item) => string, make: (first: boolean) => HTMLElement) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#make = make;
  }

  /** Has an element for each item, in their order, and no others. */
  keep(items: readonly Item[]): [element: HTMLElement, item: Item][] {
    const kept = new Map<string, HTMLElement>();
    const pairs: [HTMLElement, Item][] = [];
    for (const item of items) {
      const key = this.#keyOf(item);
      const element = this.#known.get(key) ?? this.#make(this.#first);
      kept.set(key, element);
      pairs.push([element, item]);
    }
    for (const [key, element] of this.#known) if (!kept.has(key)) element.remove();
    for (const [index, [element]] of pairs.entries()) {
      const there = this.#parent.children[index];
      if (there !== element) this.#parent.insertBefore(element, there ?? null);
    }
    this.#known = kept;
    this.#first = false;
    return pairs;
  }
}

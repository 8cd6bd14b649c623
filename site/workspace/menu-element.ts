/** `<slipway-menu popover>`: opens with its first item in focus; the arrow keys move among the items. */
export class SlipwayMenu extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('toggle', (event) => {
      if ((event as ToggleEvent).newState === 'open') this.#items[0]?.focus();
    });
    this.addEventListener('keydown', (event) => this.#key(event));
  }

  get #items(): HTMLElement[] {
    const items = [...this.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
    return items.filter((item) => item.checkVisibility());
  }

  #key(event: KeyboardEvent): void {
    const items = this.#items;
    const at = items.findIndex((item) => item === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    // Tab leaves the menu, as the list of what it holds would be in the way.
    if (event.key === 'Tab') this.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  }
}

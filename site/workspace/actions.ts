/** What a button or a link with `data-do` does. */
export type Action = (origin: HTMLElement) => void;

/**
 * Listens once for the whole document: pages come and go under it, and their buttons need no wiring of their own.
 */
export function listenForActions(actions: Readonly<Record<string, Action>>): void {
  document.addEventListener('click', ({ target }) => {
    const origin = target instanceof Element ? target.closest<HTMLElement>('[data-do]') : null;
    const action = actions[origin?.dataset['do'] ?? ''];
    if (origin === null || action === undefined) return;
    // The menu has done its work, unless the same button may be pressed again.
    if (!('keep' in origin.dataset)) origin.closest<HTMLElement>('[popover]')?.hidePopover();
    action(origin);
  });
}

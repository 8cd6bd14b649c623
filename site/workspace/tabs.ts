import { changePreferences, onPreferences, readPreferences } from './preferences.ts';

/**
 * `<slipway-tabs>`: one of several variants of a passage, chosen by its label. Whoever chooses "Debian" once gets it
 * wherever there is a tab of that name.
 */
export class SlipwayTabs extends HTMLElement {
  #life: AbortController | undefined;

  connectedCallback(): void {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.addEventListener('click', ({ target }) => this.#choose(target), { signal });
    this.addEventListener('keydown', (event) => this.#key(event), { signal });
    window.addEventListener('hashchange', () => this.#showAnchor(), { signal });
    onPreferences(() => this.#showRemembered(), signal);
    this.#showRemembered();
    this.#showAnchor();
  }

  disconnectedCallback(): void {
    this.#life?.abort();
  }

  get #tabs(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(':scope > .tabs-bar > [role="tab"]')];
  }

  get #panels(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(':scope > .tabs-panel')];
  }

  #choose(target: EventTarget | null): void {
    const tab = this.#tabs.find((tab) => target instanceof Node && tab.contains(target));
    if (tab !== undefined) this.#remember(tab);
  }

  #key(event: KeyboardEvent): void {
    const tabs = this.#tabs;
    const at = tabs.findIndex((tab) => tab === event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabs.at(to % tabs.length);
    if (tab !== undefined) this.#remember(tab);
    tab?.focus();
  }

  #remember(tab: HTMLElement): void {
    const label = tab.textContent;
    const others = readPreferences().variants.filter(
      (variant) => !this.#tabs.some((tab) => tab.textContent === variant),
    );
    changePreferences({ variants: [label, ...others].slice(0, MOST) });
  }

  #showRemembered(): void {
    const labels = this.#tabs.map((tab) => tab.textContent);
    const chosen = readPreferences().variants.find((variant) => labels.includes(variant));
    if (chosen !== undefined) this.#show(labels.indexOf(chosen));
  }

  /** A link may lead to a heading in a panel that is not shown. */
  #showAnchor(): void {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const at = target === null ? -1 : this.#panels.findIndex((panel) => panel.contains(target));
    if (at >= 0) this.#show(at);
  }

  #show(at: number): void {
    for (const [index, tab] of this.#tabs.entries()) {
      tab.setAttribute('aria-selected', String(index === at));
      tab.tabIndex = index === at ? 0 : -1;
    }
    for (const [index, panel] of this.#panels.entries()) panel.toggleAttribute('data-active', index === at);
  }
}

/** Choices that are remembered; the oldest is forgotten first. */
const MOST = 20;

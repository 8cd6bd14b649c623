import { OWN_TERMINALS } from '../../sandbox-server/protocol/own-terminals.ts';

const KEY = 'slipway-terminals';

type Memory = Pick<Storage, 'getItem' | 'setItem'>;

/**
 * Which terminals a learner has opened beside the lessons' in a course, in that order, as this browser remembers it: the
 * same for all of its windows.
 */
export class OwnTerminals {
  readonly #course: string;
  readonly #memory: () => Memory;
  /** Where the browser stores nothing, they are known until the page is closed. */
  #unstored: string[] | undefined;

  /** `memory` may throw, as `localStorage` does where it is denied. */
  constructor(course: string, memory: () => Memory = () => localStorage) {
    this.#course = course;
    this.#memory = memory;
  }

  get names(): string[] {
    return this.#unstored ?? known(this.#read()[this.#course]);
  }

  get full(): boolean {
    return this.names.length >= OWN_TERMINALS.length;
  }

  /** Adds one; its name, or undefined where no more fit. */
  add(): string | undefined {
    const { names } = this;
    const name = OWN_TERMINALS.find((name) => !names.includes(name));
    if (name !== undefined) this.#write([...names, name]);
    return name;
  }

  remove(name: string): void {
    this.#write(this.names.filter((other) => other !== name));
  }

  /** Calls back when another window of this browser has changed them. */
  follow(changed: () => void, signal: AbortSignal): void {
    // The key is null where everything was removed.
    const heard = ({ key }: StorageEvent) => (key === KEY || key === null) && changed();
    window.addEventListener('storage', heard, { signal });
  }

  #read(): Record<string, unknown> {
    try {
      const read: unknown = JSON.parse(this.#memory().getItem(KEY) ?? '{}');
      return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  }

  #write(names: string[]): void {
    try {
      this.#memory().setItem(KEY, JSON.stringify({ ...this.#read(), [this.#course]: names }));
      this.#unstored = undefined;
    } catch {
      this.#unstored = names;
    }
  }
}

/** What was stored may be another program's, or of a server that allowed more. */
function known(stored: unknown): string[] {
  return Array.isArray(stored) ? [...new Set<string>(stored)].filter((name) => OWN_TERMINALS.includes(name)) : [];
}

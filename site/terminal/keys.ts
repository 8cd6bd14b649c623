/** The part of a keyboard event that decides what a key means in a terminal. */
export interface Key {
  key: string;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/**
 * `program`: typed into the terminal. `browser`: left to the browser and the page (its paste event, leaving the
 * terminal). The others are the terminal's own.
 */
export type KeyMeaning = 'program' | 'browser' | 'copy' | 'search';

/**
 * Ctrl-C always interrupts, selection or not: a learner must be able to rely on it. Copying is Ctrl-Shift-C, Ctrl-Insert,
 * or ⌘C. Ctrl-V pastes, as everywhere else; programs that want a literal Ctrl-V take Ctrl-Q.
 */
export function meaningOf(key: Key, apple: boolean): KeyMeaning {
  const letter = key.key.toLowerCase();
  if (key.altKey) return 'program';
  if (key.key === 'F6') return 'browser';
  if (apple) {
    if (!key.metaKey || key.ctrlKey) return 'program';
    return ({ c: 'copy', f: 'search' } as const)[letter] ?? 'browser';
  }
  if (key.key === 'Insert') {
    if (key.ctrlKey && !key.shiftKey) return 'copy';
    return key.shiftKey && !key.ctrlKey ? 'browser' : 'program';
  }
  if (!key.ctrlKey || key.metaKey) return 'program';
  if (letter === 'v') return 'browser';
  if (!key.shiftKey) return 'program';
  return ({ c: 'copy', f: 'search' } as const)[letter] ?? 'program';
}

/** Whether the keyboard has ⌘: the platform decides, not the browser. */
export function isApple(platform: string): boolean {
  return /mac|iphone|ipad|ipod/i.test(platform);
}

/** What a letter sends with Ctrl held; longer input and what has no such form stays as it is. */
export function withControl(data: Uint8Array): Uint8Array {
  const [code] = data;
  if (data.length !== 1 || code === undefined || code < 0x40 || code > 0x7e) return data;
  return Uint8Array.of(code & 0x1f);
}

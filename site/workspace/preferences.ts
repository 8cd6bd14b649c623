/** What the page remembers of a learner's wishes, in this browser. early.js applies part of it before the first paint. */
export interface Preferences {
  theme: 'system' | 'light' | 'dark';
  /** Width of the text beside the terminals, in percent; null: as designed. */
  split: number | null;
  /** Height of the sheet that holds the terminals on a phone, in percent of the screen. */
  sheet: number;
  sheetOpen: boolean;
  /** Terminals side by side in place of tabs. */
  together: boolean;
  /** Of the terminals, in CSS pixels. */
  fontSize: number;
  screenReader: boolean;
  /** Labels of tabs in lessons, the one chosen last first. */
  variants: string[];
}

export const DEFAULTS: Preferences = {
  theme: 'system',
  split: null,
  sheet: 55,
  sheetOpen: false,
  together: false,
  fontSize: 14,
  screenReader: false,
  variants: [],
};

/** early.js reads the same key. */
const KEY = 'slipway';

/** Where the browser stores nothing, wishes hold until the page is closed. */
let unstored: Partial<Preferences> = {};

export function readPreferences(): Preferences {
  let stored: Partial<Preferences> = {};
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
  } catch {
    // Storage is denied, or another program wrote there.
  }
  return { ...DEFAULTS, ...stored, ...unstored };
}

export function changePreferences(change: Partial<Preferences>): void {
  const preferences = { ...readPreferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    unstored = preferences;
  }
  document.dispatchEvent(new CustomEvent('slipway-preferences', { detail: preferences }));
}

export function onPreferences(changed: (preferences: Preferences) => void, signal?: AbortSignal): void {
  const options = signal === undefined ? {} : { signal };
  document.addEventListener('slipway-preferences', () => changed(readPreferences()), options);
  window.addEventListener('storage', () => changed(readPreferences()), options);
}

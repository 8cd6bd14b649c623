import type { Action } from './actions.ts';
import { deleteEverything } from './delete-everything.ts';
import { changePreferences, readPreferences, type Preferences } from './preferences.ts';
import { makeRecoveryCode, useRecoveryCode } from './recovery.ts';
import { restartSandbox } from './restart.ts';
import { showShortcuts } from './shortcuts.ts';
import type { SlipwayTerminals } from './terminals.ts';

const SMALLEST_FONT = 10;
const LARGEST_FONT = 28;

const THEMES: Preferences['theme'][] = ['system', 'light', 'dark'];

/** What the header's menu and buttons do. */
export const MENU_ACTIONS: Record<string, Action> = {
  'restart-sandbox': () => {
    const pane = document.querySelector<SlipwayTerminals>('slipway-terminals');
    if (pane !== null) restartSandbox(pane);
  },
  'make-recovery-code': makeRecoveryCode,
  'use-recovery-code': useRecoveryCode,
  'delete-everything': deleteEverything,
  'show-shortcuts': showShortcuts,
  'larger-font': () => resizeFont(1),
  'smaller-font': () => resizeFont(-1),
  'screen-reader': () => changePreferences({ screenReader: !readPreferences().screenReader }),
  theme: () => {
    const next = THEMES[(THEMES.indexOf(readPreferences().theme) + 1) % THEMES.length];
    changePreferences({ theme: next ?? 'system' });
  },
};

function resizeFont(step: number): void {
  const fontSize = Math.min(LARGEST_FONT, Math.max(SMALLEST_FONT, readPreferences().fontSize + step));
  changePreferences({ fontSize });
}

const THEME_NAMES = { system: 'as the system', light: 'light', dark: 'dark' };

/** Writes the wishes that hold into the header's buttons; each page brings buttons of its own. */
export function describeMenu(): void {
  const { theme, screenReader, fontSize } = readPreferences();
  for (const button of document.querySelectorAll<HTMLElement>('[data-do]')) {
    if (button.dataset['do'] === 'theme') {
      button.title = `Colours: ${THEME_NAMES[theme]}`;
      button.setAttribute('aria-label', button.title);
    } else if (button.dataset['do'] === 'screen-reader') {
      button.setAttribute('aria-checked', String(screenReader));
    }
  }
  const size = document.querySelector('[data-font-size]');
  if (size !== null) size.textContent = `${fontSize} px`;
}

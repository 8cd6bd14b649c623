import type { ITheme } from '@xterm/xterm';

export type Scheme = 'light' | 'dark';

/** The terminal's own colours: paper and ink of each scheme, and sixteen colours that can be read on them. */
export const PALETTES: Record<Scheme, ITheme> = {
  light: {
    background: '#fdfcf9',
    foreground: '#24211c',
    cursor: '#a8430a',
    cursorAccent: '#fdfcf9',
    selectionBackground: '#f2d9c4',
    selectionInactiveBackground: '#ecd5c2',
    overviewRulerBorder: '#00000000',
    scrollbarSliderBackground: '#24211c26',
    scrollbarSliderHoverBackground: '#24211c40',
    scrollbarSliderActiveBackground: '#24211c59',
    black: '#24211c',
    red: '#b3261e',
    green: '#2c6e3f',
    yellow: '#8a5a00',
    blue: '#2458a6',
    magenta: '#8b3a8f',
    cyan: '#0f6b75',
    white: '#6d675d',
    brightBlack: '#6d675d',
    brightRed: '#9c1f18',
    brightGreen: '#235c33',
    brightYellow: '#734b00',
    brightBlue: '#1b4788',
    brightMagenta: '#742f78',
    brightCyan: '#0b5760',
    brightWhite: '#24211c',
  },
  dark: {
    background: '#161412',
    foreground: '#e8e3da',
    cursor: '#f0a065',
    cursorAccent: '#161412',
    selectionBackground: '#5a3d27',
    selectionInactiveBackground: '#4c3a2c',
    overviewRulerBorder: '#00000000',
    scrollbarSliderBackground: '#e8e3da26',
    scrollbarSliderHoverBackground: '#e8e3da40',
    scrollbarSliderActiveBackground: '#e8e3da59',
    black: '#3a352f',
    red: '#f08577',
    green: '#8cc99b',
    yellow: '#e5c07b',
    blue: '#8ab4f0',
    magenta: '#d69ad9',
    cyan: '#7fc8cf',
    white: '#d5cfc4',
    brightBlack: '#968e82',
    brightRed: '#ff9e90',
    brightGreen: '#a6dcb3',
    brightYellow: '#f4d696',
    brightBlue: '#a9caff',
    brightMagenta: '#e8b4ea',
    brightCyan: '#9ddfe5',
    brightWhite: '#fbf8f2',
  },
};

/** The page's scheme: early.js keeps it in the root element, whatever the learner or the system chose. */
export function currentScheme(): Scheme {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
}

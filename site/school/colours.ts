import { ensureColorContrastOnBackground, getColorContrast, mix } from 'astro-expressive-code';

export const SCHEMES = ['light', 'dark'] as const;
export type Scheme = (typeof SCHEMES)[number];

/** Roles of tokens.css that a school may give colours of its own. */
export const ROLES = [
  'paper',
  'raised',
  'sunken',
  'ink',
  'ink-soft',
  'line',
  'line-strong',
  'signal',
  'signal-hover',
  'signal-soft',
  'on-signal',
  'done',
  'done-soft',
  'care',
  'care-soft',
] as const;
export type Role = (typeof ROLES)[number];

/** A colour for each role, as `#rrggbb`. */
export type Palette = Record<Role, string>;

/** What stands on what. WCAG 2.2: 4.5 for text, 3 for what shows that something can be pressed. */
const PAIRS: [role: Role, grounds: Role[], least: number][] = [
  ['ink', ['paper', 'raised', 'sunken', 'done-soft', 'care-soft'], 4.5],
  ['ink-soft', ['paper', 'raised', 'sunken'], 4.5],
  ['signal', ['paper', 'raised', 'sunken', 'signal-soft'], 4.5],
  ['signal-hover', ['paper', 'raised', 'sunken', 'signal-soft'], 4.5],
  ['on-signal', ['signal', 'signal-hover'], 4.5],
  ['done', ['paper', 'sunken', 'done-soft'], 4.5],
  ['care', ['paper', 'sunken', 'care-soft'], 4.5],
  ['line-strong', ['paper'], 3],
];

export interface PoorPair {
  role: Role;
  ground: Role;
  /** What it is, and what it should be. */
  contrast: number;
  least: number;
  /** The role's colour, as little changed as will do. */
  better: string;
}

/** Every pair of a palette that cannot be read. */
export function poorPairs(palette: Palette): PoorPair[] {
  return PAIRS.flatMap(([role, grounds, least]) =>
    grounds.flatMap((ground) => {
      const contrast = getColorContrast(palette[role], palette[ground]);
      // A little more than the least: the answer is rounded to a colour that can be written.
      const better = ensureColorContrastOnBackground(palette[role], palette[ground], least + 0.1);
      return contrast >= least ? [] : [{ role, ground, contrast, least, better }];
    }),
  );
}

/** A palette with a school's colours in it. From `signal` alone, the roles beside it follow. */
export function withColours(base: Palette, own: Partial<Palette>): Palette {
  const palette = { ...base, ...own };
  if (own.signal === undefined) return palette;
  const white = getColorContrast(palette.signal, '#ffffff');
  const derived: Partial<Palette> = {
    'signal-hover': mix(palette.signal, palette.ink, 0.2),
    'signal-soft': mix(palette.paper, palette.signal, 0.12),
    'on-signal': white >= getColorContrast(palette.signal, '#16130f') ? '#ffffff' : '#16130f',
  };
  return { ...palette, ...derived, ...own };
}

/**
 * The colour nearest to a role's that can be read wherever it stands. One that a ground asks for changes the grounds which
 * follow from it: it is looked at again until nothing is left to say.
 */
export function readable(base: Palette, own: Partial<Palette>, role: Role): string {
  let colour = withColours(base, own)[role];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const [poor] = worstFirst(withColours(base, { ...own, [role]: colour })).filter((pair) => pair.role === role);
    if (poor === undefined) break;
    colour = poor.better;
  }
  return colour;
}

/** Each round leaves less to do; two or three are enough. */
const MOST_ROUNDS = 8;

export const worstFirst = (palette: Palette) => poorPairs(palette).toSorted((a, b) => a.contrast - b.contrast);

/** Reads the palettes out of tokens.css: roles are declared there once for each scheme, dark ones after light ones. */
export function palettesOf(tokens: string): Record<Scheme, Palette> {
  const [light = '', dark = ''] = tokens.split(/^:root\[data-theme='dark'\]/m);
  return { light: paletteIn(light), dark: paletteIn(dark) };
}

function paletteIn(block: string): Palette {
  const colour = (role: Role) => {
    const value = new RegExp(`--${role}: (#[0-9a-f]{6});`).exec(block)?.[1];
    if (value === undefined) throw new Error(`tokens.css has no --${role} of the form #rrggbb.`);
    return [role, value] as const;
  };
  return Object.fromEntries(ROLES.map(colour)) as Palette;
}

/** A style sheet that lays the changed roles over tokens.css, whichever of the two comes first in the page. */
export function styleSheet(base: Record<Scheme, Palette>, palettes: Record<Scheme, Palette>): string {
  const declarations = (scheme: Scheme) =>
    ROLES.filter((role) => palettes[scheme][role] !== base[scheme][role])
      .map((role) => `--${role}:${palettes[scheme][role]};`)
      .join('');
  const [light, dark] = [declarations('light'), declarations('dark')];
  if (light === '' && dark === '') return '';
  return [
    `html:root:not([data-theme='dark']){${light}}`,
    `html:root[data-theme='dark']{${dark}}`,
    `@media (prefers-color-scheme: dark){html:root:not([data-theme]){${dark}}}`,
  ].join('\n');
}

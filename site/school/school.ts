import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Spot } from '../course/place.ts';
import { CourseProblems, type Problem } from '../course/problem.ts';
import { readYaml } from '../course/yaml.ts';
import {
  palettesOf,
  readable,
  ROLES,
  SCHEMES,
  styleSheet,
  withColours,
  worstFirst,
  type Palette,
  type Scheme,
} from './colours.ts';

/** The one file by which a school puts its name and colours on the pages; it lies beside the courses. */
export const SCHOOL_FILE = 'school.yaml';

const line = z.string().trim().min(1);
const colour = z.string().regex(/^#[0-9a-f]{6}$/i);
const colours = z.strictObject(Object.fromEntries(ROLES.map((role) => [role, colour.optional()])));

export const schoolSchema = z.strictObject({
  /** In the header of every page, and in the browser's title. */
  name: line
    .max(60)
    .optional()
    .meta({
      description: 'the school’s name, at most 60 characters',
      examples: ['name: Harbour School'],
    }),
  /** One or two sentences above the list of courses. */
  welcome: line
    .max(300)
    .optional()
    .meta({
      description: 'one or two sentences, at most 300 characters',
      examples: ['welcome: Learn Linux by doing it.'],
    }),
  /** Colours for roles of site/styles/tokens.css, for each scheme. */
  colours: z
    .strictObject({ light: colours.optional(), dark: colours.optional() })
    .optional()
    .meta({
      description: 'colours of the form "#1a2b3c", in quotes, for each of light and dark',
      examples: ['colours:\n  light:\n    signal: "#0b5394"\n  dark:\n    signal: "#8ab8e8"'],
    }),
});

export interface School {
  name: string;
  /** Whether the name is the school's own. */
  own: boolean;
  welcome: string | undefined;
  /** Laid over tokens.css; empty where nothing differs. */
  css: string;
}

/**
 * Reads school.yaml in the folder of the courses. Throws `CourseProblems` for every mistake, and for colours that cannot
 * be read on each other.
 */
export async function readSchool(folder: string, tokens: string): Promise<School> {
  const file = `${basename(folder)}/${SCHOOL_FILE}`;
  const text = await readFile(join(folder, SCHOOL_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const read = readYaml({ file, text, firstLine: 1 }, schoolSchema);
  if ('problems' in read) throw new CourseProblems(read.problems);
  const { value, at } = read;
  const { name, welcome, colours: own = {} } = value;

  const base = palettesOf(tokens);
  const palettes = { light: base.light, dark: base.dark };
  const problems: Problem[] = [];
  for (const scheme of SCHEMES) {
    const given = lowerCase(own[scheme] ?? {});
    palettes[scheme] = withColours(base[scheme], given);
    problems.push(...poorColours((...path) => at('colours', scheme, ...path), scheme, base[scheme], given));
  }
  if (problems.length > 0) throw new CourseProblems(problems);
  return { name: name ?? 'Slipway', own: name !== undefined, welcome, css: styleSheet(base, palettes) };
}

const lowerCase = (given: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(given).flatMap(([role, value]) => (value ? [[role, value.toLowerCase()]] : [])));

/** `at` says where a role's colour stands in its scheme; the scheme's place where the role's own is derived. */
function poorColours(at: (...path: string[]) => Spot, scheme: Scheme, base: Palette, own: Partial<Palette>): Problem[] {
  const palette = withColours(base, own);
  const poor = worstFirst(palette);
  // One line a role, on the ground where it is worst; what follows from a colour is mended with that colour.
  const roles = new Set(poor.map(({ role }) => role));
  const told = [...roles].filter((role) => role in own || !roles.has('signal'));
  const worst = told.flatMap((role) => poor.find((pair) => pair.role === role) ?? []);
  return worst.map(({ role, ground, contrast, least }) => ({
    ...at(...[role, ground].filter((name) => name in own).slice(0, 1)),
    what: `${scheme}: "${role}" ${palette[role]} on "${ground}" ${palette[ground]} has a contrast of ${contrast.toFixed(1)}`,
    expected: `${least} at least, so that everybody can see it`,
    mend: `Write for example ${role}: "${readable(base, own, role)}".`,
  }));
}

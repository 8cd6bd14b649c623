import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CourseProblems } from '../../../site/course/problem.ts';
import { palettesOf, poorPairs, ROLES } from '../../../site/school/colours.ts';
import { readSchool } from '../../../site/school/school.ts';

const ROOT = join(import.meta.dirname, '../../..');
const TOKENS = readFileSync(join(ROOT, 'site/styles/tokens.css'), 'utf8');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'school-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function school(text: string) {
  writeFileSync(join(folder, 'school.yaml'), text);
  return readSchool(folder, TOKENS);
}

async function problems(text: string) {
  const error = await school(text).catch((error: unknown) => error);
  if (error instanceof CourseProblems) return error.problems;
  throw new Error('it was read without a problem');
}

describe('the colours that Slipway comes with', () => {
  it.each(['light', 'dark'] as const)('can be read on each other, %s', (scheme) => {
    expect(poorPairs(palettesOf(TOKENS)[scheme])).toEqual([]);
  });

  it('are told in docs/design.md, with every other token', () => {
    const docs = readFileSync(join(ROOT, 'docs/design.md'), 'utf8');
    const names = [...TOKENS.matchAll(/^ {2}(--[a-z0-9-]+):/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(ROLES.length);
    expect(names.filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
  });

  it('are the same for a dark system without script as for a choice of dark', () => {
    const [, chosen, system] = TOKENS.split(/^ *:root(?:\[data-theme='dark'\]|:not\(\[data-theme\]\)) \{$/m);
    const declared = (block = '') => [...block.matchAll(/(--[\w-]+: [^;]+);/g)].map(([, text]) => text);
    expect(declared(system)).toEqual(declared(chosen));
  });
});

describe('school.yaml', () => {
  it('may be missing', async () => {
    expect(await readSchool(folder, TOKENS)).toEqual({ name: 'Slipway', own: false, welcome: undefined, css: '' });
  });

  it('gives a name, a welcome, and from one colour those beside it', async () => {
    const { name, welcome, css } = await school(
      'name: Harbour\nwelcome: Hello.\ncolours:\n  light:\n    signal: "#0B5394"\n  dark:\n    signal: "#8ab8e8"\n',
    );
    expect([name, welcome]).toEqual(['Harbour', 'Hello.']);
    for (const role of ['signal', 'signal-hover', 'signal-soft'])
      expect(css).toMatch(new RegExp(`--${role}:#[0-9a-f]{6};`));
    expect(css).toContain('--signal:#0b5394;');
    expect(css).not.toContain('--paper');
  });

  it('with a colour that cannot be read names its line and one that can', async () => {
    const [problem, ...others] = await problems('name: Harbour\ncolours:\n  light:\n    signal: "#ffcc00"\n');
    expect(problem).toMatchObject({
      line: 4,
      what: expect.stringMatching(/^light: "signal" #ffcc00 on "\w+" #\w+ has a contrast of 1\.\d$/),
    });
    expect(others).toEqual([]);
    const better = /"(#[0-9a-f]{6})"/.exec(problem!.mend)![1]!;
    await expect(school(`colours:\n  light:\n    signal: "${better}"\n`)).resolves.toMatchObject({ own: false });
  });

  it('with an unknown role names the one that was meant', async () => {
    expect(await problems('colours:\n  dark:\n    singal: "#ffffff"\n')).toMatchObject([
      { line: 3, what: 'unknown key "singal"', mend: 'Write "signal" in place of "singal".' },
    ]);
  });

  it('with a colour by name says which form it takes', async () => {
    expect(await problems('colours:\n  dark:\n    paper: black\n')).toMatchObject([
      { line: 3, expected: expect.stringContaining('#1a2b3c') },
    ]);
  });
});

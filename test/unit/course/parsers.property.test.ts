import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { blocksOf } from '../../../site/course/blocks.ts';
import { parseFence } from '../../../site/course/fence.ts';
import { parseLesson } from '../../../site/course/lesson.ts';
import { addressOf, readLink } from '../../../site/course/links.ts';
import { isName, isTerminalName, slugOfLesson } from '../../../site/course/names.ts';
import { formatProblem, nearest, type Problem } from '../../../site/course/problem.ts';
import { courseSchema, lessonSchema } from '../../../site/course/schema.ts';
import { readScript } from '../../../site/course/script.ts';
import { wordsOf } from '../../../site/course/words.ts';
import { readYaml } from '../../../site/course/yaml.ts';
import { anyText, MANY, SOME, textOf } from '../../support/properties.ts';

const FILE = 'lessons/course/01-lesson/index.md';
const TERMINALS = ['main', 'two'];

/** Every problem stands somewhere in the file, and says what is wrong, what was expected and what to do. */
function areTold(problems: readonly Problem[], source: string): void {
  const lines = source.split('\n').length;
  for (const problem of problems) {
    expect(problem.line).toBeGreaterThanOrEqual(1);
    expect(problem.line).toBeLessThanOrEqual(lines + 1);
    expect(problem.column).toBeGreaterThanOrEqual(1);
    for (const words of [problem.what, problem.expected, problem.mend]) expect(words.trim()).not.toBe('');
    expect(formatProblem(problem)).toContain(problem.file);
  }
}

const yaml = textOf(
  'title: ',
  'summary: x\n',
  'duration: 20\n',
  'terminals: [main, two]\n',
  '- a\n',
  '  ',
  ': ',
  '&a ',
  '*a',
  '<<: *a\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '\n',
  '|\n',
  '? ',
  '!!binary ',
  '!!js/function ',
  '---\n',
  '...\n',
  'image: c\n',
  'lessons:\n',
  '__proto__: ',
  '1e999',
  '0x7f',
  '\t',
  '\u0000',
  '&x [*x]',
  '%YAML 1.1\n',
);

/** One that grows tenfold with each line. */
const LAUGHS = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
  .split('')
  .map((name, n) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[n]}`).join(',')}]\n`)
  .join('')}`;

test('whatever stands in YAML, it is read or its mistakes are told', () => {
  fc.assert(
    fc.property(fc.oneof(yaml, anyText), fc.constantFrom(courseSchema, lessonSchema), (text, schema) => {
      const read = readYaml({ file: FILE, text, firstLine: 2 }, schema as typeof lessonSchema);
      if ('problems' in read) {
        expect(read.problems.length).toBeGreaterThan(0);
        areTold(read.problems, `---\n${text}\n`);
      } else {
        const { line } = read.at('title');
        expect(line).toBeGreaterThanOrEqual(2);
      }
    }),
    {
      ...MANY,
      examples: [
        [LAUGHS, lessonSchema],
        ['a: &a [*a]', lessonSchema],
        ['[*\u0000]', lessonSchema],
        ['[', courseSchema],
        ['- a', courseSchema],
        ['title: &x\n  *x', lessonSchema],
      ],
    },
  );
});

const body = textOf(
  ':::task{id="a" title="A"}\n',
  ':::ask{id="b"}\n',
  ':::quiz\n',
  '::::note\n',
  '::live\n',
  ':::\n',
  '::::\n',
  '```sh run\n',
  '```sh check\n',
  '```sh solve terminal=two\n',
  '```sh setup live\n',
  '```output\n',
  '```\n',
  'echo hi\n',
  '- [x] right\n',
  '- [ ] wrong\n',
  '> why\n',
  '# Heading\n',
  '## Heading\n',
  '[a](b)',
  '[c]: ../02-x/ "t"\n',
  '![alt](p.svg)',
  '<b>',
  '&amp;',
  '*',
  '_',
  '\n',
  '\n\n',
  '    ',
  'busybox:latest',
  ':name[x]{y=z}',
  '{',
  '}',
  '|a|b|\n|-|-|\n',
  '\t',
  '\u0000',
  '\\',
  '[^1]',
  '~~~\n',
  '\r\n',
);
const FRONT = '---\ntitle: T\nsummary: S.\nduration: 5\nterminals: [main, two]\n---\n';

test('whatever an author writes, it is a lesson or its mistakes are told', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        { weight: 6, arbitrary: body.map((text) => FRONT + text) },
        yaml.map((text) => `---\n${text}\n---\n`),
        anyText,
      ),
      (source) => {
        const read = parseLesson('01-lesson', FILE, source);
        if ('problems' in read) {
          expect(read.problems.length).toBeGreaterThan(0);
          return areTold(read.problems, source);
        }
        const { lesson } = read;
        expect(source.endsWith(lesson.body)).toBe(true);
        expect(new Set(lesson.anchors).size).toBe(lesson.anchors.length);
        expect(new Set(lesson.tasks.map(({ id }) => id)).size).toBe(lesson.tasks.length);
        for (const name of lesson.terminals) expect(isTerminalName(name)).toBe(true);
        // A manifest is JSON.
        expect(JSON.parse(JSON.stringify(lesson.tasks))).toEqual(
          JSON.parse(JSON.stringify(structuredClone(lesson.tasks))),
        );
      },
    ),
    {
      ...SOME,
      examples: [
        [`${FRONT}${':::task\n'.repeat(60)}`],
        [`${FRONT}${'> '.repeat(400)}x`],
        [`${FRONT}${'- '.repeat(400)}x`],
        [`${FRONT}${'[a'.repeat(2000)}`],
        [`${FRONT}${'*a _b '.repeat(1000)}`],
        ['---\n---'],
      ],
    },
  );
});

test('what stands in a text is found where it stands', () => {
  fc.assert(
    fc.property(body, (source) => {
      const blocks = blocksOf(source);
      for (const { offset, line, column } of [
        ...blocks.fences,
        ...blocks.directives,
        ...blocks.headings,
        ...blocks.links,
        ...blocks.texts,
      ]) {
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(source.length);
        expect([line >= 1, column >= 1]).toEqual([true, true]);
      }
    }),
    SOME,
  );
});

const meta = textOf(
  'run',
  'check',
  'solve',
  'setup',
  'live',
  ' ',
  'terminal=two',
  'terminal=',
  'exit=',
  '1',
  '256',
  '-1',
  'timeout=',
  '30',
  'user=root',
  'opens="# "',
  '"',
  "'",
  '{',
  '}',
  '{2-4}',
  '=',
  'title="a b"',
  'background',
  '\n',
);

test('whatever follows a fence’s language, it means something within bounds or its mistakes are told', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('sh', 'bash', '', 'output', 'go', 'constructor'),
      fc.oneof(meta, anyText),
      (language, said) => {
        const written = wordsOf(said).map(({ source }) => source);
        // No word is lost, and none is made up.
        expect(written.join('').replaceAll(/\s/g, '')).toBe(said.replaceAll(/\s/g, ''));
        const read = parseFence(language, said, TERMINALS);
        if ('mistakes' in read) return void expect(read.mistakes.length).toBeGreaterThan(0);
        const { fence } = read;
        if ('terminal' in fence) expect(TERMINALS).toContain(fence.terminal);
        if ('exit' in fence) expect(fence.exit >= 0 && fence.exit <= 255).toBe(true);
        if ('timeoutMs' in fence) expect(fence.timeoutMs >= 1000 && fence.timeoutMs <= 600_000).toBe(true);
      },
    ),
    MANY,
  );
});

test('whatever a script’s first lines say, its text is what follows them', () => {
  const script = textOf(
    '#!/bin/sh\n',
    '#!/usr/bin/env bash\n',
    '#!/usr/bin/perl\n',
    '# slipway: ',
    'user=root',
    ' timeout=30',
    '\n',
    'echo hi\n',
    '\r\n',
    '#',
  );
  fc.assert(
    fc.property(fc.oneof(script, anyText), fc.constantFrom('check', 'setup', 'setup live', 'solve'), (source, role) => {
      const { text, line, mistakes } = readScript(source, role, TERMINALS);
      const rows = source.split(/\r?\n/);
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(3);
      expect(
        rows
          .slice(line - 1)
          .join('\n')
          .trim(),
      ).toBe(text.trim());
      for (const mistake of mistakes) expect(mistake.line <= rows.length + 1 && mistake.what !== '').toBe(true);
    }),
    MANY,
  );
});

test('whatever a link says, it leads to a page of the site, outside, or nowhere', () => {
  const url = textOf(
    '../',
    './',
    '/',
    '02-next',
    'course',
    '#',
    'anchor',
    'http:',
    'https://',
    '//',
    'javascript:',
    'data:',
    '?',
    '%2e%2e',
    '\\',
    ' ',
    'mailto:',
    '\n',
    'JAVASCRIPT:',
    'index.md',
  );
  fc.assert(
    fc.property(fc.oneof(url, anyText), (said) => {
      const read = readLink(said, 'course', '01-lesson');
      if ('mistake' in read) return void expect(read.mistake.what).not.toBe('');
      const address = addressOf(read.target);
      const resolved = new URL(address, 'http://site.example/courses/course/lesson/');
      expect(resolved.protocol).toMatch(/^(?:https?|mailto):$/);
    }),
    {
      ...MANY,
      examples: [['javascript:alert(1)'], ['//evil.example'], [' javascript:x'], ['java\tscript:x'], ['#\ud800']],
    },
  );
});

test('names are of letters that stand in an address, and a slip is told the nearest word', () => {
  fc.assert(
    fc.property(fc.oneof(textOf('a', '0', '-', '01-', '--', 'A', '\n', '..'), anyText), (said) => {
      if (isName(said)) expect(encodeURIComponent(said)).toBe(said);
      if (isTerminalName(said)) expect(said).toMatch(/^[a-z][a-z0-9-]*$(?!\n)/);
      const slug = slugOfLesson(said);
      if (slug !== undefined) expect(said).toBe(`${said.slice(0, 3)}${slug}`);
      const words = ['terminal', 'timeout', 'user'];
      const meant = nearest(said.slice(0, 40), words);
      if (meant !== undefined) expect(words).toContain(meant);
    }),
    MANY,
  );
});

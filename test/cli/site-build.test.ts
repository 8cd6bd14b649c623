import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSite, FIXTURE_LESSONS, siteFolder } from '../support/site.ts';

let folder: string;

beforeAll(() => {
  folder = siteFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The fixtures with one text in place of another, in a folder called `lessons`. */
function withMistake(file: string, from: string, to: string): string {
  const lessons = join(mkdtempSync(join(folder, 'broken-')), 'lessons');
  cpSync(FIXTURE_LESSONS, lessons, { recursive: true });
  const path = join(lessons, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  return lessons;
}

const page = (path: string) => readFileSync(join(folder, 'site', path, 'index.html'), 'utf8');

describe('the site of a school’s own courses', () => {
  beforeAll(async () => {
    const { status, output } = await buildSite(FIXTURE_LESSONS, folder);
    expect([status, output]).toEqual([0, output]);
  });

  test('has the school’s name and colours on every page', () => {
    for (const path of ['', 'courses/specimen', 'courses/specimen/parts', 'join']) {
      expect(page(path)).toMatch(/<title>[^<]*Harbour School<\/title>/);
      expect(page(path)).toContain('--signal:#0b5394');
      expect(page(path)).toContain('--signal:#8ab8e8');
    }
    expect(page('')).toContain('at the water’s edge');
  });

  test('leads from lesson to lesson, and out of the site beside it', () => {
    expect(page('courses/specimen/parts')).toContain('href="/courses/specimen/more/#there"');
    expect(page('courses/specimen/more')).toContain('href="/courses/specimen/parts/"');
    expect(page('courses/specimen/parts')).toMatch(/href="https:\/\/example\.org\/"[^>]*target="_blank"/);
  });

  test('holds drawings as part of the page and pictures with their size', () => {
    const html = page('courses/specimen/parts');
    expect(html).toMatch(/<svg[^>]*role="img"[^>]*aria-label="A rectangle with the words/);
    expect(html).toMatch(/id="(?<id>figure-[^"]+shade)"[^]*url\(#\k<id>\)/);
    expect(html).toMatch(/<img[^>]*width="64"[^>]*height="32"[^>]*src="\/_astro\/pixels\./);
    expect(html).toContain('<figcaption>A drawing and a picture of pixels.</figcaption>');
  });

  test('tells the server of the courses, and no more', () => {
    const { courses } = JSON.parse(readFileSync(join(folder, 'courses.json'), 'utf8'));
    expect(courses).toMatchObject([
      { id: 'specimen', image: 'specimen', lessons: [{ slug: 'parts' }, { slug: 'more' }, { slug: 'tasks' }] },
    ]);
  });
});

describe('an author’s mistake fails the build with file, line, what was expected and the mend', () => {
  const lesson = 'specimen/01-parts/index.md';
  test.each([
    [
      'an unknown key',
      lesson,
      'duration: 5',
      'duratoin: 5',
      `unknown key "duratoin"`,
      'Write "duration" in place of "duratoin".',
    ],
    ['an unknown language', lesson, '```go', '```dokcerfile', `unknown language "dokcerfile"`, 'Write "dockerfile".'],
    [
      'a terminal that does not exist',
      lesson,
      'terminal=second',
      'terminal=third',
      `the lesson has no terminal "third"`,
      'add "third" to "terminals:"',
    ],
    [
      'a broken link',
      lesson,
      '../02-more/index.md#there',
      '../02-moer/index.md',
      `the link "../02-moer/index.md" leads to no lesson`,
      'specimen/02-more/index.md',
    ],
    [
      'an image that nobody describes',
      'specimen/course.yaml',
      'image: specimen',
      'image: specimne',
      'no course describes an image "specimne"',
      'Write "image: specimen".',
    ],
    [
      'a colour that cannot be read',
      'school.yaml',
      '#0b5394',
      '#ffcc00',
      'light: "signal" #ffcc00',
      'Write for example signal: "#',
    ],
  ])('%s', async (_, file, from, to, what, mend) => {
    const { status, output } = await buildSite(withMistake(file, from, to), folder);
    expect(status).not.toBe(0);
    const line = readFileSync(join(FIXTURE_LESSONS, file), 'utf8').split(from)[0]!.split('\n').length;
    const [, said] = output.split(`lessons/${file}:${line}:`);
    expect(said?.replace(/^\d+: /, '')).toMatch(new RegExp(`^${RegExp.escape(what)}`));
    expect(output).toMatch(/\n\s+expected: \S/);
    expect(output.slice(output.indexOf('mend:'))).toContain(mend);
    // Ours is no concern of an author's.
    expect(output).not.toMatch(/^\s+at \S+ \(/m);
  });
});

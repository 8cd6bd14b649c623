import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCourses } from '../../../site/course/course.ts';
import { addressOf, readLink } from '../../../site/course/links.ts';
import { CourseProblems } from '../../../site/course/problem.ts';

const COURSE_YAML = 'title: C\nsummary: S\nauthors: [A]\nlicence: MIT\nimage: c\nlessons: [01-one, 02-two]\n';
const HEAD = '---\ntitle: L\nsummary: S\nduration: 5\n---\n\n';
const DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><use href="#a"/></svg>';

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'links-')), 'lessons');
  await lay({
    'c/course.yaml': COURSE_YAML,
    'c/image/image.yaml': 'name: c\n',
    'c/01-one/index.md': `${HEAD}## Here\n`,
    'c/02-two/index.md': `${HEAD}## By hand, \`unshare\`\n\n## Again\n\n## Again\n`,
  });
});

afterEach(() => rm(dirname(folder), { recursive: true }));

async function lay(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** What is said of a first lesson with this text. */
async function problemsOf(text: string): Promise<string[]> {
  await lay({ 'c/01-one/index.md': `${HEAD}## Here\n\n${text}\n` });
  try {
    await readCourses(folder);
    return [];
  } catch (error) {
    if (!(error instanceof CourseProblems)) throw error;
    return error.problems.map(({ file, line, what, mend }) => `${file}:${line}: ${what}. ${mend}`);
  }
}

describe('a link that leads somewhere', () => {
  it.each([
    '[x](#here)',
    '[x](../02-two/index.md)',
    '[x](../02-two/)',
    '[x](../02-two/index.md#by-hand-unshare)',
    '[x](../02-two/index.md#again-1)',
    '[x](../../c/02-two/index.md)',
    '[x](https://example.org/a#b)',
    '[x](mailto:a@example.org)',
    'https://example.org',
    '[x][y]\n\n[y]: ../02-two/index.md',
  ])('%s', async (text) => expect(await problemsOf(text)).toEqual([]));
});

describe('a link that leads nowhere is told with its line', () => {
  const at = 'lessons/c/01-one/index.md:9: ';
  it.each([
    ['[x](#heer)', 'the link "#heer" leads to no heading: 01-one has no "#heer". Write "#here".'],
    [
      '[x](../02-tow/index.md)',
      'the link "../02-tow/index.md" leads to no lesson: there is no c/02-tow/index.md in a course’s list. The nearest is c/02-two/index.md.',
    ],
    [
      '[x](../02-two/index.md#agian)',
      'the link "../02-two/index.md#agian" leads to no heading: 02-two has no "#agian". Write "#again".',
    ],
    ['[x](notes.md)', '"notes.md" is no lesson’s file. Name the lesson’s file, as seen from this lesson’s folder.'],
    [
      '[x](/courses/c/two/)',
      '"/courses/c/two/" is no lesson’s file. Name the lesson’s file, as seen from this lesson’s folder.',
    ],
    ['[x](javascript:alert)', '"javascript:alert" leads nowhere. Mend the address.'],
    ['[x]()', 'a link that leads nowhere. Write where it leads.'],
  ])('%s', async (text, problem) => expect(await problemsOf(text)).toEqual([at + problem]));
});

it('a link between files is one between pages', () => {
  const address = (url: string) => {
    const read = readLink(url, 'c', '01-one');
    return 'target' in read ? addressOf(read.target) : undefined;
  };
  expect(address('../02-two/index.md#by-hand')).toBe('/courses/c/two/#by-hand');
  expect(address('../../other/03-three/')).toBe('/courses/other/three/');
  expect(address('#here')).toBe('#here');
  expect(address('https://example.org/?a=b#c')).toBe('https://example.org/?a=b#c');
});

describe('a picture', () => {
  it('that is there can be shown', async () => {
    await lay({ 'c/01-one/a.svg': DRAWING });
    expect(await problemsOf('![A](a.svg)')).toEqual([]);
  });

  it('that is not there is told', async () => {
    expect(await problemsOf('![A](a.svg)')).toMatchObject([
      'lessons/c/01-one/index.md:9: there is no picture "a.svg". Put a.svg beside index.md, or mend its name.',
    ]);
  });

  it.each([
    ['a script', '<script>x</script>'],
    ['an event handler', '<g onclick="x"/>'],
    ['a foreignObject', '<foreignObject/>'],
    ['a reference to another file', '<image href="https://example.org/a.png"/>'],
    ['a reference to another file', '<g style="fill: url(http://example.org/a)"/>'],
  ])('must not hold %s', async (what, content) => {
    await lay({ 'c/01-one/a.svg': DRAWING.replace('<use', `\n${content}\n<use`) });
    expect(await problemsOf('![A](a.svg)')).toMatchObject([
      expect.stringContaining(`lessons/c/01-one/a.svg:2: the drawing holds ${what}`),
    ]);
  });

  it('is a drawing however its name is written', async () => {
    await lay({ 'c/01-one/A.SVG': '<svg/>' });
    expect(await problemsOf('![A](A.SVG)')).toHaveLength(1);
  });

  it('needs a viewBox where it is drawn in place', async () => {
    await lay({ 'c/01-one/a.svg': DRAWING.replace('viewBox', 'data-box') });
    expect(await problemsOf('![A](a.svg)')).toMatchObject([
      expect.stringContaining('a.svg:1: the drawing has no viewBox'),
    ]);
  });
});

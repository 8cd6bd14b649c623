import { rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compressSite } from '../../sandbox-server/cli/stages/compress-site.ts';
import { readCourses } from '../../site/course/course.ts';
import type { CourseManifest, LessonEntry } from '../../site/course/manifest.ts';
import { buildSite, FIXTURE_LESSONS, siteFolder } from '../support/site.ts';

/** Both as they are built and compressed at a start. */
const COURSES = [
  { name: 'fixture courses', lessons: FIXTURE_LESSONS },
  { name: 'courses that come with the project', lessons: join(import.meta.dirname, '../../lessons') },
];

/** A shorter text may stand anywhere by chance. */
const LEAST_CHARACTERS = 12;

describe.each(COURSES)('of the $name', ({ lessons }) => {
  let folder: string;
  let files: { path: string; text: string }[];
  let manifest: CourseManifest;

  beforeAll(async () => {
    folder = siteFolder();
    const { status, output } = await buildSite(lessons, folder);
    expect([status, output]).toEqual([0, output]);
    await compressSite(join(folder, 'site'));
    manifest = JSON.parse(await readFile(join(folder, 'courses.json'), 'utf8')) as CourseManifest;
    files = await filesIn(join(folder, 'site'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const entries = () => manifest.courses.flatMap((course) => course.lessons.map((lesson) => ({ course, lesson })));
  const holders = (text: string) => files.filter((file) => file.text.includes(text)).map(({ path }) => path);

  test('every file that a browser can get was looked into, compressed ones too', () => {
    for (const ending of ['.html', '.html.br', '.html.gz', '.js', '.css', '.js.br']) {
      expect(files.some(({ path }) => path.endsWith(ending))).toBe(true);
    }
    // What is there to be read is found: the search is not blind.
    for (const { course, lesson } of entries()) {
      for (const { title } of lesson.tasks) {
        const pages = holders(lettersOf(title)).filter((path) =>
          path.startsWith(`courses/${course.id}/${lesson.slug}/`),
        );
        expect(pages.length).toBeGreaterThanOrEqual(3);
      }
    }
  });

  test('none holds a check, a setup, or the explanation of an answer', () => {
    const found = entries().flatMap(({ lesson }) =>
      hiddenTexts(lesson).flatMap((text) => holders(lettersOf(text)).map((path) => ({ path, text }))),
    );
    expect(found).toEqual([]);
  });

  test('none holds a solution, unless its author writes the same command into the text or a hint', async () => {
    const written = await writtenText(lessons);
    const found = entries().flatMap(({ lesson }) =>
      solutions(lesson)
        .filter((text) => !written.includes(lettersOf(text)))
        .flatMap((text) => holders(lettersOf(text)).map((path) => ({ path, text }))),
    );
    expect(found).toEqual([]);
  });

  test('none says which answers are right, or anything of a check', async () => {
    const pages = files.filter(({ path }) => path.endsWith('.html'));
    const raw = await Promise.all(pages.map(({ path }) => readFile(join(folder, 'site', path), 'utf8')));
    for (const page of raw) {
      for (const [quiz] of page.matchAll(/<slipway-quiz[^]*?<\/slipway-quiz>/g)) {
        expect(quiz).not.toMatch(/checked|data-right|\[x\]|explanation|verdict|<input/i);
      }
      expect(page).not.toMatch(/language-(?:sh|bash)[^>]*(?:check|solve|setup)|data-kind="(?:check|solve|setup)"/);
    }
  });

  test('none of the manifest and of the archives that the server alone reads is in the site', () => {
    const names = files.map(({ path }) => path);
    expect(names.filter((path) => /courses\.json|lesson-files|\.tar|\.md$|\.sh$/.test(path))).toEqual([]);
  });
});

/** Texts that no page may hold, whole and line by line. */
function hiddenTexts({ setup, tasks, quizzes }: LessonEntry): string[] {
  const scripts = tasks.flatMap((task) => [
    task.check,
    ...task.setup,
    ...task.live.filter(({ kind }) => kind === 'script'),
  ]);
  const shared = tasks.flatMap(({ check }) => check.shared ?? []);
  const texts = [...shared, ...[...scripts, ...(setup ? [setup] : [])].map(({ text }) => text)];
  const reasons = quizzes.flatMap(({ answers }) => answers.map(({ explanation }) => explanation));
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => /\b(?:fail|expect_\w+) /.test(line)));
  return [...texts, ...lines, ...reasons].filter((text) => lettersOf(text).length >= LEAST_CHARACTERS);
}

function solutions({ tasks }: LessonEntry): string[] {
  const steps = tasks.flatMap(({ solve, live }) => [...solve, ...live.filter(({ kind }) => kind === 'typed')]);
  return steps.map(({ text }) => text).filter((text) => lettersOf(text).length >= LEAST_CHARACTERS);
}

/** The lessons' letters without the blocks that are not for the page. */
async function writtenText(lessons: string): Promise<string> {
  const courses = await readCourses(lessons);
  const bodies = courses.flatMap((course) => course.lessons.map(({ body }) => body));
  const hidden = /^```\w+ [^\n]*\b(?:check|solve|setup)\b[^]*?^```/gm;
  return lettersOf(bodies.map((body) => body.replaceAll(hidden, '')).join('\n'));
}

/** Whatever tags, entities, escapes and spaces stand between them. */
function lettersOf(text: string): string {
  return text
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/&(?:#x?[0-9a-f]+|[a-z]+);/gi, '')
    .replaceAll(/\\[nrt]|\\u[0-9a-f]{4}/gi, '')
    .replaceAll(/[^\p{L}\p{N}$|=/.]/gu, '');
}

async function filesIn(folder: string): Promise<{ path: string; text: string }[]> {
  const paths = await readdir(folder, { recursive: true, withFileTypes: true });
  return await Promise.all(
    paths
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = join(parentPath, name).slice(folder.length + 1);
        const bytes = await readFile(join(parentPath, name));
        const plain = name.endsWith('.br')
          ? brotliDecompressSync(bytes)
          : name.endsWith('.gz')
            ? gunzipSync(bytes)
            : bytes;
        return { path, text: lettersOf(plain.toString('utf8')) };
      }),
  );
}

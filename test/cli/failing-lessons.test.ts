/** What an author reads whose lesson does not do what it says. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LessonOutcome } from '../../sandbox-server/cli/lesson-test/outcome.ts';
import { testConfig } from '../support/config.ts';
import { lessonTest, startLessonTest } from '../support/lesson-test.ts';
import { PATIENCE } from '../support/patience.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/failing-lessons');
const LESSON = join(FIXTURES, 'failing');
const LIMIT = ['--limit', String(3 * PATIENCE)];

const lessons = readdirSync(LESSON).filter((name) => /^\d/.test(name));

describe('a lesson', () => {
  let output = '';
  beforeAll(async () => {
    const ended = await startLessonTest(FIXTURES, ...LIMIT, '--jobs', '1').ended;
    expect(ended.status).toBe(1);
    ({ output } = ended);
  });

  /** What was told of one lesson, without times. */
  const toldOf = (lesson: string) => {
    const from = output.indexOf(`failing/${lesson} `);
    const rest = output.slice(from);
    const end = rest.slice(1).search(/\n {2}[✔✖] |\nNo lesson passed/);
    return rest
      .slice(0, end + 1)
      .replaceAll(/\d+\.\d s/g, 'TIME')
      .replaceAll(/after \d+ s/g, 'after TIME')
      .trimEnd();
  };

  test.each(lessons)('%s is told what is wrong, where, and what came', (lesson) => {
    expect(toldOf(lesson)).toMatchSnapshot();
  });
});

test('the outcome is also JSON, and JUnit XML', async () => {
  const file = join(temporaryFolder(), 'junit.xml');
  const paths = [join(LESSON, '05-fails-after'), '--json', '--junit', file];
  const run = lessonTest(...paths);
  let json = '';
  run.child.stdout!.on('data', (bytes: Buffer) => (json += bytes.toString()));
  expect((await run.ended).status).toBe(1);
  const { lessons: outcomes } = JSON.parse(json) as { lessons: LessonOutcome[] };
  expect(outcomes).toMatchObject([{ course: 'failing', lesson: '05-fails-after', run: 1, ok: false }]);
  expect(outcomes[0]!.cases.map(({ kind, fault }) => [kind, fault?.what])).toEqual([
    ['task', undefined],
    ['solve', undefined],
    ['task', 'the check fails after the solution'],
  ]);
  const xml = readFileSync(file, 'utf8');
  expect(xml).toMatch(/<testsuite name="failing\/05-fails-after" tests="3" failures="1" time="[\d.]+">/);
  expect(xml).toContain('<failure message="the check fails after the solution">');
});

test('--record writes what came into the output blocks, keeps placeholders, and touches nothing else', async () => {
  const folder = join(temporaryFolder(), 'lessons');
  cpSync(FIXTURES, folder, { recursive: true, verbatimSymlinks: false, dereference: true });
  const file = join(folder, 'failing/01-other-output/index.md');
  const before = readFileSync(file, 'utf8');
  const { status, output } = await lessonTest(file, '--record').ended;
  expect(output).toContain('1 output recorded');
  expect(status).toBe(0);
  const wanted = before.replace('one\nthree\nfour\nblue', 'one\ntwo\nthree\nred');
  expect(readFileSync(file, 'utf8')).toBe(wanted);
  expect((await lessonTest(file).ended).status).toBe(0);
});

/** Sandboxes that testing lessons has on this host. */
function sandboxes(): string[] {
  const folder = join(testConfig().run, 'lesson-test/sandboxes');
  return existsSync(folder) ? readdirSync(folder) : [];
}

test('Ctrl-C ends it, and leaves no sandbox', async () => {
  const run = lessonTest(join(LESSON, '03-no-end'));
  await expect.poll(sandboxes, { timeout: 30_000 * PATIENCE }).toHaveLength(1);
  run.child.kill('SIGINT');
  const { status, output } = await run.ended;
  expect(status).toBe(1);
  expect(output).toContain('Ended.');
  expect(sandboxes()).toEqual([]);
});

test('--keep keeps the sandbox of a lesson that fails, and says how to look into it', async () => {
  const run = lessonTest(join(LESSON, '05-fails-after'), '--keep');
  const command = await run.prints(/sudo .* exec --tty .*$/m);
  const [program, ...args] = command.replace('sudo ', '').replace('--tty ', '').split(' ') as [string, ...string[]];
  expect(execFileSync(program, [...args, '-c', 'cd; id -un; cat greeting'], { encoding: 'utf8' })).toBe(
    'learner\ngoodbye\n',
  );
  run.child.kill('SIGINT');
  expect((await run.ended).status).toBe(1);
  expect(sandboxes()).toEqual([]);
});

test('a path that is no lesson is told with what may be named', async () => {
  const { status, output } = await lessonTest(join(LESSON, '99-nothing')).ended;
  expect(status).toBe(2);
  expect(output).toContain('Name a course, a lesson or a folder of courses');
});

/** The live socket of a lesson, on a gateway over sandboxes whose checks run on this machine. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CourseManifest } from '../../site/course/manifest.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';
import { script } from '../support/lesson.ts';
import { courseOf, lesson, LessonPage, LIVE, task } from '../support/lesson-page.ts';
import { LocalDriver } from '../support/local-sandboxes.ts';

let driver: LocalDriver;
let gateway: Awaited<ReturnType<typeof gatewayOn>> | undefined;
let cookie: string;

beforeEach(() => void (driver = new LocalDriver()));
afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  driver[Symbol.dispose]();
  gateway = undefined;
});

async function serve(manifest: CourseManifest): Promise<void> {
  gateway = await gatewayOn(driver, {}, manifest);
  cookie = await visit(gateway.url);
}
const open = (path = LIVE) => LessonPage.open(gateway!.url, cookie, path);
const terminal = async () => (await TestPage.open(gateway!.url, cookie)).attach();
const write = (name: string, text = '') => writeFileSync(join(driver.home(), name), text);

const HAS = (name: string) => `[ -e ${name} ] || fail "There is no ${name}."`;
const TWO_TASKS = courseOf([lesson([task('one', HAS('one')), task('two', HAS('two'), { needs: ['one'] })])]);

test('the first message is the progress: what is open, and what waits for it', async () => {
  await serve(TWO_TASKS);
  const page = await open();
  const fresh = { doneAt: null, checking: false, report: null, hints: 0, solution: false };
  expect(page.messages).toEqual([
    {
      type: 'progress',
      tasks: [
        { id: 'one', state: 'open', ...fresh },
        { id: 'two', state: 'waiting', ...fresh },
      ],
      quizzes: [],
      place: null,
    },
  ]);
  expect(driver.ids).toEqual([]);
});

test('when a command ends, the open tasks are checked; one that holds is done, and opens those that needed it', async () => {
  await serve(TWO_TASKS);
  const page = await open();
  const main = await terminal();
  await page.shows('one', { report: { outcome: 'not-yet', reason: 'There is no one.', asked: false } });
  expect(page.task('two')).toMatchObject({ state: 'waiting', report: null });
  write('one');
  main.type('\n');
  await page.shows('one', { state: 'done', doneAt: expect.any(Number), report: null });
  // What opened is checked at once: it may have been done before it was asked for.
  await page.shows('two', { state: 'open', report: { outcome: 'not-yet', reason: 'There is no two.' } });
  write('two');
  main.type('\n');
  await page.shows('two', { state: 'done' });
});

test('a task that was done stays done, though its check would not pass any more', async () => {
  await serve(courseOf([lesson([task('one', HAS('one'))])]));
  const main = await terminal();
  write('one');
  const page = await open();
  await page.shows('one', { state: 'done' });
  const { doneAt } = page.task('one');
  main.type('\n');
  page.say({ type: 'check', task: 'one' });
  page.close();
  await page.closed;
  const again = await open();
  expect(again.task('one')).toMatchObject({ state: 'done', doneAt });
});

test('what a check says is told again only where it says something else, or where the learner asked', async () => {
  await serve(courseOf([lesson([task('one', HAS('one')), task('two', HAS('two'))])]));
  const main = await terminal();
  const page = await open();
  for (const each of ['one', 'two']) await page.shows(each, { report: { outcome: 'not-yet' } });
  const before = page.of('task').length;
  main.type('\n');
  await expect.poll(() => driver.ran).toBeGreaterThanOrEqual(4);
  page.say({ type: 'check', task: 'two' });
  await page.shows('two', { checking: false, report: { asked: true } });
  const told = page
    .of('task')
    .slice(before)
    .map(({ task }) => [task.id, task.checking]);
  expect(told).toEqual([
    ['two', true],
    ['two', false],
  ]);
});

test('a broken check is told as the author’s fault, and the task stays open', async () => {
  await serve(courseOf([lesson([task('one', 'no-such-program')])]));
  await terminal();
  const page = await open();
  await page.shows('one', {
    state: 'open',
    report: { outcome: 'broken', fault: 'crashed', detail: expect.stringMatching(/no-such-program/) },
  });
});

test('an ask is checked with the answer, when the learner sends it, and never before', async () => {
  await serve(courseOf([lesson([task('count', 'expect_equal "$ANSWER" 3 "Your answer"', { kind: 'ask' })])]));
  const main = await terminal();
  const page = await open();
  main.type('\n');
  page.say({ type: 'check', task: 'count' });
  page.say({ type: 'check', task: 'count', answer: '2' });
  // What the answer was compared with stays on the server.
  const reason = 'Your answer should be something else.';
  await page.shows('count', { report: { outcome: 'not-yet', reason, compared: null } });
  expect(driver.ran).toBe(1);
  page.say({ type: 'check', task: 'count', answer: ' 3\n' });
  await page.shows('count', { state: 'done' });
});

test('where the sandbox does not run, a check that is asked for says so, and starts nothing', async () => {
  await serve(TWO_TASKS);
  const page = await open();
  page.say({ type: 'check', task: 'one' });
  await page.shows('one', { checking: false, report: { outcome: 'not-run', code: 'sandbox-stopped', asked: true } });
  expect(driver.ids).toEqual([]);
});

test('a learner who returns finds what was done meanwhile', async () => {
  await serve(TWO_TASKS);
  const page = await open();
  await terminal();
  await page.shows('one', { report: { outcome: 'not-yet' } });
  page.close();
  await page.closed;
  write('one');
  const again = await open();
  await again.shows('one', { state: 'done' });
});

test('every window of the learner hears of everything, another learner’s of nothing', async () => {
  await serve(TWO_TASKS);
  const stranger = await LessonPage.open(gateway!.url, await visit(gateway!.url));
  const pages = await Promise.all([open(), open()]);
  const main = await terminal();
  write('one');
  main.type('\n');
  for (const page of pages) await page.shows('one', { state: 'done' });
  expect(stranger.messages).toHaveLength(1);
});

test('what a task needs is set up when it begins, before it is checked', async () => {
  await serve(
    courseOf([
      lesson([
        task('one', HAS('one')),
        task('two', 'expect_file prepared ready; fail "as prepared"', {
          setup: [script('echo ready >$HOME/prepared')],
        }),
        task('three', HAS('three'), { setup: [script('touch $HOME/too-early')] }),
      ]),
    ]),
  );
  const main = await terminal();
  const page = await open();
  await page.shows('one', { report: { outcome: 'not-yet' } });
  write('one');
  main.type('\n');
  await page.shows('two', { report: { reason: 'as prepared' } });
  expect(page.of('sandbox').map(({ work }) => work.name)).toEqual(['preparing', 'idle']);
  expect(existsSync(join(driver.home(), 'too-early'))).toBe(false);
});

test('no check runs before what it looks at has been prepared, though it would pass', async () => {
  const gone = (name: string) => `[ ! -e ${name} ] || fail "${name} is still there."`;
  const setup = (name: string) => [script(`sleep 0.2; touch ${name}`)];
  await serve(
    courseOf([
      lesson(
        [
          task('first', `${gone('of-lesson')} && ${gone('of-first')}`, { setup: setup('of-first') }),
          task('second', gone('of-second'), { setup: setup('of-second') }),
          task('third', gone('of-third'), { setup: setup('of-third') }),
        ],
        [],
        { setup: script('sleep 0.2; touch of-lesson') },
      ),
    ]),
  );
  const main = await terminal();
  const page = await open();
  main.type('\n');
  await page.shows('first', { report: { reason: 'of-lesson is still there.' } });
  expect(page.task('second')).toMatchObject({ state: 'open', report: null });
  rmSync(join(driver.home(), 'of-lesson'));
  rmSync(join(driver.home(), 'of-first'));
  main.type('\n');
  await page.shows('first', { state: 'done' });
  await page.shows('second', { report: { reason: 'of-second is still there.' } });
  // Who asks begins it.
  page.say({ type: 'check', task: 'third' });
  await page.shows('third', { checking: false, report: { reason: 'of-third is still there.', asked: true } });
});

test('a setup that fails is told, with words for the author', async () => {
  await serve(
    courseOf([lesson([task('one', 'true'), task('two', 'fail no', { setup: [script('echo why; exit 3')] })])]),
  );
  await terminal();
  const page = await open();
  await expect
    .poll(() => page.of('sandbox').at(-1)?.work)
    .toMatchObject({
      name: 'failed',
      task: 'two',
      code: 'lesson-broken',
      detail: expect.stringMatching(/index\.md:\d+: .*3\nwhy/s),
    });
});

test('where a learner was reading comes back', async () => {
  await serve(TWO_TASKS);
  const page = await open();
  page.say({ type: 'reading', anchor: 'first', offset: 10.4 });
  page.say({ type: 'reading', anchor: 'second', offset: -3 });
  page.say({ type: 'check', task: 'one' });
  await page.shows('one', { report: { outcome: 'not-run' } });
  page.close();
  await page.closed;
  expect((await open()).messages[0]).toMatchObject({ place: { anchor: 'second', offset: -3 } });
});

test('an edit of the lesson reaches pages that are open: what is done stays done, what was taken out does not count', async () => {
  await serve(courseOf([lesson([task('one', 'true'), task('gone', 'true'), task('two', HAS('two'))])]));
  const main = await terminal();
  const page = await open();
  for (const id of ['one', 'gone']) await page.shows(id, { state: 'done' });
  const edited = courseOf([
    lesson([task('new', 'true'), task('two', 'fail "another reason"'), task('one', 'fail no')]),
  ]);
  const before = page.of('progress').length;
  gateway!.courses.replace(edited);
  await expect.poll(() => page.of('progress').length).toBeGreaterThan(before);
  expect(
    page
      .of('progress')
      .at(-1)!
      .tasks.map(({ id, state }) => [id, state]),
  ).toEqual([
    ['new', 'open'],
    ['two', 'open'],
    ['one', 'done'],
  ]);
  await page.shows('new', { state: 'done' });
  main.type('\n');
  await page.shows('two', { report: { reason: 'another reason' } });
  const { courses } = (await (await fetch(`${gateway!.url}/api/progress`, { headers: { cookie } })).json()) as {
    courses: { lessons: object[] }[];
  };
  expect(courses[0]!.lessons).toEqual([{ lesson: 'lesson', opened: true, done: 2, of: 3 }]);
});

test('what is no message closes the socket, and so does a flood of them', async () => {
  await serve(TWO_TASKS);
  for (const message of [
    'nonsense',
    '{}',
    '{"type":"check"}',
    '{"type":"check","task":"one","more":1}',
    `{"type":"check","task":"one","answer":"${'a'.repeat(501)}"}`,
    '{"type":"reading","anchor":"a","offset":"1"}',
    '{"type":"reading","anchor":"a","offset":1e400}',
    Buffer.from('{"type":"check","task":"one"}'),
  ]) {
    const page = await open();
    page.sayRaw(message);
    expect(await page.closed).toMatchObject({ code: ERRORS['bad-request'].close });
  }
  const page = await open();
  for (let n = 0; n < 400; n++) page.say({ type: 'reading', anchor: 'a', offset: n });
  expect(await page.closed).toMatchObject({ code: ERRORS['too-many-requests'].close });
  const large = await open();
  large.sayRaw('x'.repeat(64 * 1024 + 1));
  expect(await large.closed).toMatchObject({ code: 1009 });
});

test('a task that is not there, or waits, is not checked', async () => {
  await serve(TWO_TASKS);
  await terminal();
  const page = await open();
  await page.shows('one', { report: { outcome: 'not-yet' } });
  const { ran } = driver;
  for (const id of ['two', 'none', '__proto__']) page.say({ type: 'check', task: id });
  page.say({ type: 'check', task: 'one' });
  await page.shows('one', { report: { asked: true } });
  expect(driver.ran).toBe(ran + 1);
});

test('a page that sees a live figure is told the sandbox as it is, from then until it does not', async () => {
  await serve(TWO_TASKS);
  const [page, other] = [await open(), await open()];
  page.say({ type: 'figure', seen: true });
  await expect.poll(() => page.of('figure')).toEqual([{ type: 'figure', state: 'stopped', picture: null, at: null }]);
  expect(driver.ids).toEqual([]);
  const main = await terminal();
  const processes = () =>
    page
      .of('figure')
      .at(-1)
      ?.picture?.box.processes.map(({ command }) => command);
  await expect.poll(processes).toEqual(['init', 'shell']);
  page.say({ type: 'figure', seen: false });
  page.say({ type: 'check', task: 'one' });
  await page.shows('one', { report: { asked: true } });
  const { length } = page.of('figure');
  write('one');
  main.type('\n');
  await page.shows('one', { state: 'done' });
  expect(page.of('figure')).toHaveLength(length);
  expect(other.of('figure')).toEqual([]);
});

/** Hints, solutions, quizzes, moves, progress, export and deletion, on a gateway over sandboxes in memory. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { QuizEntry, TypedStep } from '../../site/course/manifest.ts';
import type {
  LearnerExport,
  ProgressAnswer,
  QuizProgress,
  SolutionAnswer,
} from '../../sandbox-server/protocol/lesson.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { FakeDriver, FakeHost } from '../../sandbox-server/sandbox/fake/driver.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';
import { script } from '../support/lesson.ts';
import { courseOf, lesson, LessonPage, task } from '../support/lesson-page.ts';

const TYPED: TypedStep = {
  kind: 'typed',
  place: 'course/01-lesson/index.md:9',
  text: 'unshare -r\n',
  terminal: 'main',
  interrupt: true,
  exit: 1,
  background: false,
  opens: '# ',
};
const quiz = (id: string, ...right: boolean[]): QuizEntry => ({
  id,
  answers: right.map((each, index) => ({ right: each, explanation: `<p>because ${index}</p>` })),
});
const TASKS = [
  task('one', 'SECRET-CHECK', {
    hints: 2,
    solve: [
      { ...TYPED, live: false },
      { ...script('echo done'), live: true },
    ],
  }),
  task('ask', 'SECRET-CHECK', { kind: 'ask', solve: [{ ...script('nproc'), live: false }] }),
];
const SINGLE = quiz('single', false, true, false, false, false);
const SEVERAL = quiz('several', true, false, true);
const MANIFEST = courseOf([lesson(TASKS, [SINGLE, SEVERAL]), lesson([], [], { id: '02-next', slug: 'next' })]);

let gateway: Awaited<ReturnType<typeof gatewayOn>>;
let host: FakeHost;
let cookie: string;

beforeEach(async () => {
  host = new FakeHost();
  gateway = await gatewayOn(new FakeDriver(host), {}, MANIFEST);
  cookie = await visit(gateway.url);
});
afterEach(() => gateway[Symbol.asyncDispose]());

function post(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: gateway.url, cookie, ...headers },
    body: JSON.stringify(body),
  });
}
const lessonPost = (path: string, body?: object) => post(`courses/course/lessons/lesson/${path}`, body);
const get = async <T>(path: string) =>
  (await (await fetch(`${gateway.url}/api/${path}`, { headers: { cookie } })).json()) as T;

test('opening a hint is noted with all below it, and never taken back', async () => {
  const page = await LessonPage.open(gateway.url, cookie);
  expect((await lessonPost('tasks/one/hints', { rung: 2 })).status).toBe(204);
  await page.shows('one', { hints: 2 });
  await lessonPost('tasks/one/hints', { rung: 1 });
  expect((await LessonPage.open(gateway.url, cookie)).task('one')).toMatchObject({ hints: 2 });
  expect((await lessonPost('tasks/one/hints', { rung: 3 })).status).toBe(404);
  for (const rung of [0, -1, 1.5, '1', null]) expect((await lessonPost('tasks/one/hints', { rung })).status).toBe(400);
});

test('a solution is sent when it is asked for, in the words of a run block, and that is noted', async () => {
  const page = await LessonPage.open(gateway.url, cookie);
  expect(page.task('one')).toMatchObject({ solution: false });
  const answer = (await (await lessonPost('tasks/one/solution')).json()) as SolutionAnswer;
  expect(answer).toEqual({
    steps: [
      { text: 'unshare -r\n', terminal: 'main', interrupt: true, exit: 1, background: false, opens: '# ' },
      { text: 'echo done', terminal: null, interrupt: false, exit: 0, background: false, opens: null },
    ],
  });
  await page.shows('one', { solution: true });
  expect(await (await lessonPost('tasks/ask/solution')).json()).toMatchObject({
    steps: [{ text: 'nproc', terminal: null }],
  });
});

test('a quiz is graded by the server: every right answer and no other', async () => {
  const page = await LessonPage.open(gateway.url, cookie);
  const send = async (id: string, chosen: number[]) =>
    (await (await lessonPost(`quizzes/${id}`, { chosen })).json()) as QuizProgress;
  expect(page.quiz('several')).toMatchObject({ chosen: [], right: null, verdicts: [], tries: 0 });
  expect(await send('several', [2])).toMatchObject({
    right: false,
    chosen: [2],
    tries: 1,
    verdicts: [{ answer: 2, right: true, explanation: '<p>because 2</p>' }],
  });
  expect(await send('several', [0, 1, 2])).toMatchObject({ right: false, tries: 2 });
  expect(await send('several', [2, 0, 2])).toMatchObject({ right: true, chosen: [0, 2], tries: 3 });
  await expect.poll(() => page.quiz('several')).toMatchObject({ right: true, tries: 3 });
  expect(await send('single', [0])).toMatchObject({ right: false, verdicts: [{ answer: 0, right: false }] });
  for (const body of [{ chosen: [] }, { chosen: [9] }, { chosen: [-1] }, { chosen: ['0'] }, { chosen: 0 }, {}]) {
    expect((await lessonPost('quizzes/single', body)).status).toBe(400);
  }
});

test('what is right, and why, is told of the answers that were chosen alone', async () => {
  const page = await LessonPage.open(gateway.url, cookie);
  const answer = await (await lessonPost('quizzes/single', { chosen: [0] })).text();
  expect(answer).not.toMatch(/because [1-9]/);
  expect(JSON.stringify(page.messages)).not.toMatch(/because [1-9]|SECRET-CHECK/);
});

test('a learner sees a quiz’s answers in one order at every visit, and not all learners in the same', async () => {
  const orders = new Set<string>();
  for (let n = 0; n < 12; n++) {
    const whose = await visit(gateway.url);
    const first = (await LessonPage.open(gateway.url, whose)).quiz('single').order;
    expect((await LessonPage.open(gateway.url, whose)).quiz('single').order).toEqual(first);
    expect(first.toSorted()).toEqual([0, 1, 2, 3, 4]);
    orders.add(first.join());
  }
  expect(orders.size).toBeGreaterThan(4);
});

test('progress is told of the courses that were opened, with the place to go on', async () => {
  expect(await get<ProgressAnswer>('progress')).toEqual({ courses: [] });
  await LessonPage.open(gateway.url, cookie);
  await lessonPost('quizzes/several', { chosen: [0, 2] });
  await LessonPage.open(gateway.url, cookie, '/api/courses/course/lessons/next/live');
  expect(await get<ProgressAnswer>('progress')).toEqual({
    courses: [
      {
        course: 'course',
        last: 'next',
        lessons: [
          { lesson: 'lesson', opened: true, done: 1, of: 4 },
          { lesson: 'next', opened: true, done: 0, of: 0 },
        ],
      },
    ],
  });
});

test('a quiz that was answered right once stays done', async () => {
  await LessonPage.open(gateway.url, cookie);
  await lessonPost('quizzes/several', { chosen: [0, 2] });
  await lessonPost('quizzes/several', { chosen: [1] });
  expect((await get<ProgressAnswer>('progress')).courses[0]!.lessons[0]).toMatchObject({ done: 1 });
});

test('the export holds everything that is kept, as a file', async () => {
  const page = await LessonPage.open(gateway.url, cookie);
  page.say({ type: 'reading', anchor: 'tasks', offset: 7 });
  page.say({ type: 'check', task: 'ask', answer: '42' });
  await page.shows('ask', { report: { outcome: 'not-run' } });
  page.close();
  await page.closed;
  await lessonPost('tasks/one/hints', { rung: 1 });
  await lessonPost('tasks/one/solution');
  await lessonPost('quizzes/single', { chosen: [1] });
  await (await TestPage.open(gateway.url, cookie)).attach();
  const response = await fetch(`${gateway.url}/api/progress/export`, { headers: { cookie } });
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="slipway-progress.json"');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect((await response.json()) as LearnerExport).toEqual({
    format: 'slipway-learner-1',
    learner: { id: expect.any(String), createdAt: time, seenAt: time, hasRecoveryCode: false },
    lessons: [
      {
        course: 'course',
        lesson: 'lesson',
        firstOpenedAt: time,
        lastOpenedAt: time,
        place: { anchor: 'tasks', offset: 7 },
        tasks: [
          { task: 'ask', doneAt: null, hints: 0, solutionAt: null, answer: '42' },
          { task: 'one', doneAt: null, hints: 1, solutionAt: time, answer: null },
        ],
        quizzes: [{ quiz: 'single', chosen: [1], tries: 1, doneAt: time }],
      },
    ],
    sandboxes: [
      {
        id: expect.any(String),
        course: 'course',
        image: 'image',
        profile: 'standard',
        createdAt: time,
        seenAt: time,
        pushed: { repositories: [], bytes: 0 },
      },
    ],
  });
});

test('a learner who deletes themselves is nobody: progress, sandboxes and cookie are gone', async () => {
  const other = await visit(gateway.url);
  await (await TestPage.open(gateway.url, other)).attach();
  const page = await LessonPage.open(gateway.url, cookie);
  await (await TestPage.open(gateway.url, cookie)).attach();
  await lessonPost('quizzes/single', { chosen: [1] });
  expect(host.sandboxes.size).toBe(2);
  const response = await post('progress/delete');
  expect(response.status).toBe(204);
  expect(response.headers.get('set-cookie')).toMatch(/^slipway=;.*(Expires=Thu, 01 Jan 1970|Max-Age=0)/);
  expect(await page.closed).toMatchObject({ code: ERRORS['not-signed-in'].close });
  expect(host.sandboxes.size).toBe(1);
  expect((await fetch(`${gateway.url}/api/progress`, { headers: { cookie } })).status).toBe(401);
  expect((await fetch(`${gateway.url}/api/progress`, { headers: { cookie: other } })).status).toBe(200);
});

test('who is nobody, and what is not there, gets nothing', async () => {
  const paths = ['tasks/one/hints', 'tasks/one/solution', 'tasks/one/move', 'quizzes/single'];
  for (const path of paths) {
    const stranger = await post(`courses/course/lessons/lesson/${path}`, {}, { cookie: '' });
    expect([path, stranger.status]).toEqual([path, 401]);
    for (const wrong of [path.replace('one', 'none').replace('single', 'none'), path.replace('lesson', 'none')]) {
      if (wrong !== path)
        expect([wrong, (await lessonPost(wrong, { rung: 1, chosen: [0] })).status]).toEqual([wrong, 404]);
    }
    expect((await post(`courses/none/lessons/lesson/${path}`)).status).toBe(404);
    expect((await post(`courses/course/lessons/01-lesson/${path}`)).status).toBe(404);
  }
  for (const path of ['progress', 'progress/export']) {
    expect((await fetch(`${gateway.url}/api/${path}`)).status).toBe(401);
  }
  expect((await post('progress/delete', {}, { cookie: '' })).status).toBe(401);
});

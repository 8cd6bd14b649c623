import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serverWithCode } from '../support/access.ts';
import { freePort, TestPage } from '../support/gateway.ts';
import { courseFile, lesson, LessonPage, script, task } from '../support/lesson-page.ts';
import { send, upgradeLines } from '../support/raw-web.ts';
import type { TestServer } from '../support/server.ts';

const CODE = 'w4xtzpk7mq';

/** Words of a lesson and of a learner's files. No log may have one of them, whatever fails. */
const WORDS = {
  check: 'check-word-4713',
  printed: 'printed-word-4714',
  setup: 'setup-word-4715',
  solve: 'solve-word-4716',
  quiz: 'quiz-word-4717',
  answer: 'answer-word-4718',
  asked: 'asked-word-4719',
};

const TASKS = [
  task('first', `[ "$(cat answer.txt)" = ${WORDS.check} ] || fail "not ${WORDS.check}"`, {
    solve: [{ ...script(`echo ${WORDS.solve}; exit 3`), live: false }],
  }),
  // The author's fault, and what it prints is the learner's.
  task('broken', `cat private.txt; echo ${WORDS.check}; exit 126`),
  task('ask', `expect_equal "$ANSWER" ${WORDS.answer} number`, { kind: 'ask' }),
  task('later', 'true', { setup: [script(`cat private.txt; echo ${WORDS.setup}; exit 5`)], needs: ['first'] }),
];
const QUIZZES = [
  {
    id: 'quiz',
    answers: [
      { right: true, explanation: WORDS.quiz },
      { right: false, explanation: '' },
    ],
  },
];
const LESSONS = [
  lesson(TASKS, QUIZZES),
  lesson([], [], { id: '02-second', slug: 'second', setup: script(`echo ${WORDS.setup}; exit 3`, { user: 'root' }) }),
];

const COURSE = '/api/courses/course';
const TERMINAL = `${COURSE}/terminals/main`;

test.each([
  ['standard', 'specimen'],
  ['containers', 'containers-and-docker'],
])(
  'with profile %s no cookie, code, keystroke, command, check or answer is in a log, an address, a process list, a figure or a world-readable file',
  async (_profile, image) => {
    const port = await freePort();
    await using server = await serverWithCode(CODE, {
      ...courseFile(LESSONS, image),
      logLevel: 'trace',
      metrics: { host: '127.0.0.1', port },
    });
    const post = (path: string, body: object, cookie?: string) =>
      fetch(server.url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: server.url,
          ...(cookie === undefined ? {} : { cookie }),
        },
        body: JSON.stringify(body),
      });
    const joined = await post('/api/join', { code: CODE });
    const cookie = joined.headers.getSetCookie()[0]!.split(';')[0]!;
    const value = decodeURIComponent(cookie.slice('slipway='.length));
    const [learner, signature] = value.split('.');
    const { code: recovery } = (await (await post('/api/recovery-code', {}, cookie)).json()) as { code: string };

    // Everything that is logged, with the secrets where a log might take them from: what fails most of all.
    await post('/api/recover', { code: recovery });
    await post('/api/recover', { code: `${recovery}x` });
    await post('/api/join', { code: `${CODE}x` });
    await post('/api/join', { code: [recovery, CODE] });
    await send(server.url, upgradeLines(server.url, `${TERMINAL}x`, { Cookie: cookie }));
    await send(server.url, upgradeLines(server.url, TERMINAL, { Cookie: cookie, Origin: 'https://evil.example' }));
    await work(server, cookie, post);
    await fail(server, cookie, post);

    const logs = { gateway: logOf(server, 'gateway'), supervisor: logOf(server, 'supervisor') };
    expect(logs.gateway).toContain('sandbox started');
    expect(logs.gateway).toContain('a check is broken');
    expect(logs.gateway).toContain('a step that prepares a lesson failed');
    expect(logs.gateway).toContain('a sandbox was not brought to a task');
    expect(logs.supervisor).toContain('started');
    const processes = execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' });
    const secret = readFileSync(join(server.config.paths.gatewayData, 'cookie-secret'), 'utf8');
    const figures = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const ready = await (await fetch(`${server.url}/readyz`)).text();
    const codes = {
      signature: signature!,
      recovery,
      plain: recovery.replaceAll('-', ''),
      CODE,
      secret,
      typed: 'typed-secret-4711',
      hidden: 'hidden-secret-4712',
      ...WORDS,
    };
    const secrets = { ...codes, value, learner: learner! };
    for (const [where, text] of Object.entries({ ...logs, processes, figures, ready }))
      expectNone(text, where, secrets);
    // The audit log is there to say which learner it was, and nothing that lets one in.
    const audit = readdirSync(server.config.paths.audit).map((name) =>
      readFileSync(join(server.config.paths.audit, name), 'utf8'),
    );
    expect(audit.join('')).toContain(learner);
    expectNone(audit.join(''), 'the audit log', { ...codes, value });
    const readable = execFileSync('find', [server.config.run, '-type', 'f', '-perm', '/o+r', '-print0'], {
      encoding: 'utf8',
    });
    for (const path of readable.split('\0').filter((name) => name !== '')) {
      expectNone(readFileSync(path, 'latin1'), path, secrets);
    }
    // A recovery code is kept as what it hashes to.
    const database = execFileSync(
      'cat',
      [join(server.config.paths.gatewayData, 'slipway.db'), join(server.config.paths.gatewayData, 'slipway.db-wal')],
      { encoding: 'latin1' },
    );
    expect(database.includes(recovery.replaceAll('-', ''))).toBe(false);
  },
);

type Post = (path: string, body: object, cookie?: string) => Promise<Response>;

/** What a learner does: types, also where nothing is shown, has checks run, asks and answers. */
async function work(server: TestServer, cookie: string, post: Post): Promise<void> {
  const lessonPage = await LessonPage.open(server.url, cookie);
  const page = await (await TestPage.open(server.url, cookie, `${TERMINAL}?lesson=lesson`)).attach();
  await page.shows(/\$ /);
  page.type(`echo typed-secret-${'4711'} > private.txt; echo ${WORDS.printed} >> private.txt\n`);
  page.type('read -s password; echo taken\n');
  page.type(`hidden-secret-${'4712'}\n`);
  await page.shows(/[^ ]taken\r/);
  lessonPage.say({ type: 'check', task: 'broken' });
  lessonPage.say({ type: 'check', task: 'ask', answer: WORDS.asked });
  await lessonPage.shows('broken', { report: { outcome: 'broken' } });
  await lessonPage.shows('ask', { report: { outcome: 'not-yet' } });
  page.type(`echo ${WORDS.check} > answer.txt\n`);
  await lessonPage.shows('first', { state: 'done' });
  const second = await (await TestPage.open(server.url, cookie, `${TERMINAL}?lesson=second`)).attach();
  expect(second.messages).toContainEqual(expect.objectContaining({ type: 'notice', code: 'lesson-broken' }));
  await post(`${COURSE}/lessons/lesson/quizzes/quiz`, { chosen: [0, 1] }, cookie);
  await post(`${COURSE}/lessons/lesson/tasks/ask/move`, {}, cookie);
  const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  again.type('exit\n');
  await again.hears('exited');
  again.sayRaw(`{"type":"${WORDS.printed}"}`);
  await again.closed;
  lessonPage.sayRaw(`{"type":"${WORDS.printed}"}`);
  await lessonPage.closed;
}

/** What fails while the supervisor is away. */
async function fail(server: TestServer, cookie: string, post: Post): Promise<void> {
  await server.end('supervisor', 'SIGKILL');
  await fetch(`${server.url}${COURSE}/sandbox/home.tar`, { headers: { cookie } });
  await post(`${COURSE}/sandbox/restart`, {}, cookie);
  await server.run('supervisor');
  await post(`${COURSE}/sandbox/restart`, {}, cookie);
}

function logOf(server: TestServer, part: string): string {
  return readFileSync(join(server.config.run, `${part}.log`), 'utf8');
}

function expectNone(text: string, where: string, secrets: Record<string, string>): void {
  for (const [what, each] of Object.entries(secrets)) expect(text.includes(each), `${what} in ${where}`).toBe(false);
}

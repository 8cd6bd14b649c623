import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptStep } from '../../site/course/manifest.ts';
import { runCheck } from '../../sandbox-server/checks/run-check.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const connect = () => sandboxes.driver.connect(id);
const step = (text: string, more: Partial<ScriptStep> = {}): ScriptStep => ({
  kind: 'script',
  place: 'lesson/index.md:1',
  text,
  user: 'learner',
  timeoutMs: 10_000,
  ...more,
});

test('a check runs as the learner, at home, in a clean environment with a pinned PATH', async () => {
  const text = `
    expect_equal "$(id -u)" 1000 "who"
    expect_equal "$PWD" "$HOME" "where"
    expect_equal "$(env | sed 's/=.*//' | sort | tr '\\n' ' ')" "HOME LANG LOGNAME PATH PWD SHELL SHLVL USER _ " "variables"
    expect_equal "$PATH" /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "the path"
    expect_equal "$-" hBc "options"`;
  expect(await runCheck(connect, step(text))).toEqual({ outcome: 'passed' });
});

test('a check of root’s begins where the learner’s files are', async () => {
  const text = `expect_equal "$(id -u)" 0 "who"; expect_equal "$PWD" "$(getent passwd 1000 | cut -d: -f6)" "where"`;
  expect(await runCheck(connect, step(text, { user: 'root' }))).toEqual({ outcome: 'passed' });
});

test('a check sees files and programs of the learner’s, and its answer', async () => {
  await sandboxes.run(
    id,
    `echo 42 >answer.txt; setsid sleep 4711 >/dev/null 2>&1 </dev/null &
     while [ "$(ps -o sid= -p $!)" -ne $! ]; do sleep 0.01; done`,
  );
  const text = `expect_file answer.txt 42; expect_running '^sleep 4711$'; expect_equal "$ANSWER" "$(cat answer.txt)" "Your answer"`;
  expect(await runCheck(connect, step(text), { answer: '42' })).toEqual({ outcome: 'passed' });
  expect(await runCheck(connect, step(text), { answer: '41' })).toEqual({
    outcome: 'not-yet',
    reason: 'Your answer should be something else.',
    compared: { what: 'Your answer', expected: '42', found: '41' },
  });
});

test('what the checks of a lesson share is read before each, and the shell counts the lines of either from 1', async () => {
  const shared = "mark='of all'\ngreeted() {\n  expect_equal \"$1, $mark\" 'hello, of all' 'The greeting'\n}";
  expect(await runCheck(connect, { ...step('greeted hello'), shared })).toEqual({ outcome: 'passed' });
  expect(await runCheck(connect, { ...step('greeted goodbye'), shared })).toMatchObject({ outcome: 'not-yet' });
  expect(await runCheck(connect, { ...step('greeted'), shared: 'cat\n' + shared })).toMatchObject({
    outcome: 'not-yet',
  });
  const broken = await runCheck(connect, { ...step('true\nno_such_command'), shared });
  expect(broken).toMatchObject({ outcome: 'broken' });
  expect(JSON.stringify(broken)).toContain('line 2: no_such_command');
});

test('a check at its limit is ended with what it started', async () => {
  const verdict = await runCheck(connect, step('sleep 4712 & sleep 4712', { timeoutMs: 500 }));
  expect(verdict).toMatchObject({ outcome: 'broken', fault: 'hung' });
  expect((await sandboxes.run(id, 'pgrep -fc "^sleep 4712" || true')).out).toBe('0\n');
});

test('a check whose signal is aborted is ended', async () => {
  const abort = new AbortController();
  const running = runCheck(connect, step('touch began; sleep 4713'), { signal: abort.signal });
  await expect.poll(async () => (await sandboxes.run(id, 'ls began')).status).toBe(0);
  abort.abort(new Error('the learner left'));
  await expect(running).rejects.toThrow('the learner left');
  await expect.poll(async () => (await sandboxes.run(id, 'pgrep -fc "^sleep 4713" || true')).out).toBe('0\n');
});

test('a check whose sandbox ends has no verdict', async () => {
  const other = await sandboxes.start();
  const running = runCheck(() => sandboxes.driver.connect(other), step('sleep 4714'));
  const told = expect(running).rejects.toThrow();
  await sandboxes.driver.destroy(other);
  await told;
});

test('where the learner has as many processes as may be, that is told and no verdict', async () => {
  const full = await sandboxes.start();
  const fill = 'ulimit -u; for i in $(seq 200); do sleep 1000 </dev/null >/dev/null 2>&1 & done; wait';
  void sandboxes.run(full, fill, { timeoutMs: 50_000 }).catch(() => {});
  const pids = async () => (await sandboxes.driver.stats(full)).processes;
  await expect.poll(pids, { timeout: 10_000 }).toBeGreaterThanOrEqual(64);
  const verdict = await runCheck(() => sandboxes.driver.connect(full), step('x=$(id -u)\ntrue'));
  expect(verdict).toEqual({ outcome: 'not-run', code: 'too-many-processes' });
});

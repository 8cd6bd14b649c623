import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInSandbox, type CommandResult } from '../../sandbox-server/sandbox/init/ask.ts';
import type { ExecRequest } from '../../sandbox-server/sandbox/init/frames.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** Runs a script as checks are run: on standard input. */
async function script(text: string, request: Partial<ExecRequest> = {}, signal?: AbortSignal): Promise<CommandResult> {
  const exec: ExecRequest = { op: 'exec', argv: ['bash', '-c', 'eval "$(cat)"'], timeoutMs: 20_000, ...request };
  return runInSandbox(await sandboxes.driver.connect(id), exec, Buffer.from(text), signal);
}

const runs = async (word: string) => (await sandboxes.run(id, `pgrep -f ${word}`)).status === 0;

test('a script on standard input of any length runs in a clean environment, with what is given besides', async () => {
  const long = `${'# a comment\n'.repeat(20_000)}env | sort; echo "$ANSWER" >&2; exit 4`;
  const { stdout, stderr, ...how } = await script(long, { env: { ANSWER: 'two\nlines' } });
  const names = [...stdout.toString('utf8').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
  expect(names).toEqual(['ANSWER', 'HOME', 'LANG', 'LOGNAME', 'PATH', 'PWD', 'SHELL', 'SHLVL', 'USER', '_']);
  expect(stderr.toString('utf8')).toBe('two\nlines\n');
  expect(how).toEqual({ status: 4, signal: null, timedOut: false, flooded: false });
});

test('root too can begin in the learner’s home', async () => {
  expect((await script('pwd; id -u', { root: true, cwd: '~' })).stdout.toString('utf8')).toBe('/home/learner\n0\n');
  expect((await script('pwd', { root: true })).stdout.toString('utf8')).toBe('/root\n');
});

test.each(['', '>&2'])(
  'a command that prints more than it may is ended, and what it may print arrives: %s',
  async (to) => {
    const { stdout, stderr, ...how } = await script(`yes ${to}`, { maxOutputBytes: 10_000 });
    expect(how).toEqual({ status: null, signal: 'killed', timedOut: false, flooded: true });
    expect(stdout.length + stderr.length).toBe(10_000);
  },
);

test('a command that prints exactly as much as it may has not flooded', async () => {
  const { stdout, ...how } = await script('head -c 10000 /dev/zero', { maxOutputBytes: 10_000 });
  expect(how).toMatchObject({ status: 0, flooded: false });
  expect(stdout.length).toBe(10_000);
});

test('what a command leaves in its process group ends with it, what has left the group goes on', async () => {
  await script('exec 2>&-; sleep 1001 & setsid sleep 1002 >&- & sleep 0.2');
  expect(await runs('[s]leep.1001')).toBe(false);
  expect(await runs('[s]leep.1002')).toBe(true);
});

test('daemons of a command that may leave some go on, though they print what nobody reads', async () => {
  const text = 'while sleep 0.05; do printf %1000d 1003; done & echo started';
  const { stdout, status } = await script(text, { daemons: true });
  expect(status).toBe(0);
  expect(stdout.toString('utf8')).toMatch(/started\n/);
  await sleep(1000);
  expect(await runs('[e]val')).toBe(true);
});

test('at its time limit a command ends with its daemons, whether it may leave some or not', async () => {
  const { timedOut, signal } = await script('sleep 1004 & wait', { timeoutMs: 300, daemons: true });
  expect({ timedOut, signal }).toEqual({ timedOut: true, signal: 'killed' });
  expect(await runs('[s]leep.1004')).toBe(false);
});

test('whoever gives up waiting ends the command', async () => {
  const ending = new AbortController();
  const running = script('sleep 1005', {}, ending.signal);
  await expect.poll(() => runs('[s]leep.1005'), { timeout: 10_000 }).toBe(true);
  ending.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  await expect.poll(() => runs('[s]leep.1005'), { timeout: 10_000 }).toBe(false);
});

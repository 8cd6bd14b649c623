import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Server } from '../../sandbox-server/cli/operate/ask-server.ts';
import { claimOf } from '../../sandbox-server/cli/serve/claims.ts';
import { sandboxList, stopAnswer } from '../../sandbox-server/operator/shapes.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { testConfig } from '../support/config.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { onTerminal } from './on-terminal.ts';
import { MAIN, Slipway, slipway } from './slipway.ts';

// A whole server as an operator runs it, with learners in it; each command in a process of its own.
const { data, cgroup, idBase, idCount } = testConfig();
const ownCgroup = `${cgroup}-${process.pid}-0`;
const COURSE = 'containers-and-docker';
let folder: string;
let run: string;
let url: string;
let server: Slipway;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-'));
  chmodSync(folder, 0o755); // the gateway must be able to pass
  run = join(folder, 'r');
  const ids = ['--id-base', String(idBase), '--id-count', String(idCount)];
  const places = ['--data', data, '--run', run, '--cgroup', ownCgroup, '--port', '0', ...ids];
  server = new Slipway(['start', ...places, '--busy-after', '3s']);
  url = (await server.prints(/http:\/\/127\.0\.0\.1:\d+/)).trim();
});

afterAll(async () => {
  await aloneOnHost();
  server.child.kill('SIGTERM');
  await server.ended;
  for (const path of [claimOf(ownCgroup), folder]) rmSync(path, { recursive: true });
});

const operate = (...args: string[]) => slipway(...args, '--run', run);

const ask = () => new Server({ run }, '');
const list = async () => (await ask().ask(sandboxList, 'GET', '/sandboxes')).sandboxes;

/** Removes what the tests before have left. */
async function aloneOnHost(): Promise<void> {
  for (const { id } of await list()) await ask().ask(stopAnswer, 'POST', `/sandboxes/${id}/stop`, { destroy: true });
}

/** A learner at a terminal of a sandbox that was made for them. */
async function learner(): Promise<{ page: TestPage; id: string; cookie: string }> {
  const before = new Set((await list()).map(({ id }) => id));
  const cookie = await visit(url);
  const page = await (await TestPage.open(url, cookie, `/api/courses/${COURSE}/terminals/main`)).attach();
  const id = (await list()).map((each) => each.id).find((each) => !before.has(each))!;
  return { page, id, cookie };
}

test('where nobody is, ps and stop say so, and top shows the machine', async () => {
  await aloneOnHost();
  expect(await operate('ps')).toEqual({ status: 0, output: 'No sandbox runs.\n' });
  expect(await operate('ps', '--all')).toEqual({ status: 0, output: 'There is no sandbox.\n' });
  expect(await operate('ps', '--json')).toEqual({ status: 0, output: '' });
  expect(await operate('stop', '--all')).toEqual({ status: 0, output: 'No sandbox runs.\n' });
  const { status, output } = await operate('top');
  expect(status).toBe(0);
  expect(output).toMatch(/^Server +ready; up .*, http:\/\/127\.0\.0\.1:\d+$/m);
  expect(output).toMatch(/^Places +0 of \d+ taken; 0 wait; \d+ runs? ahead$/m);
  expect(output).toMatch(/^Memory +.* of .* free; 512 MiB stay free$/m);
  expect(output).toContain('\n\nNo sandbox runs.\n');
});

test('another user of the machine is told what to do, and nothing else', async () => {
  const command = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, MAIN];
  for (const args of [['ps'], ['top'], ['stop', '--all', '--yes'], ['logs', '--data', data]]) {
    const { status, output } = await new Slipway([...args, '--run', run], { command }).ended;
    expect(status).toBe(1);
    expect(output).toContain('sudo');
    expect(output).toMatch(args[0] === 'logs' ? /cannot be read/ : /You may not ask the server on .*operator\.sock/);
  }
});

test('ps shows whose each sandbox is, its state and what it uses; with --all those too that do not run', async () => {
  await aloneOnHost();
  const { page, id, cookie } = await learner();
  const second = await (await TestPage.open(url, cookie, `/api/courses/${COURSE}/terminals/extra-1`)).attach();
  const { id: stopped } = await learner();
  await ask().ask(stopAnswer, 'POST', `/sandboxes/${stopped}/stop`, {});
  page.type('while :; do :; done\n');
  const { status, output } = await operate('ps');
  expect(status).toBe(0);
  const [head, row, hint] = output.split('\n');
  expect(head).toMatch(/^SANDBOX +LEARNER +STATE +SINCE +CPU +MEMORY +TERMINALS +VIEWERS +COURSE +DISK +IMAGE$/);
  expect(row).toMatch(
    /^\w{6} +\w{8} +ready +\d+ (?:s|min) +[1-9]\d* % +[\d.]+ MiB of 1\.0 GiB +2 +2 +containers-and-docker +[\d.]+ MiB of .* +containers-and-docker-\w+$/,
  );
  expect(id.startsWith(row!.slice(0, 6))).toBe(true);
  expect(hint).toBe('');
  expect((await operate('ps', '--all')).output).toMatch(new RegExp(`^${stopped.slice(0, 6)} +\\w+ +stopped`, 'm'));
  const [known, ...others] = (await operate('ps', '--json')).output.trim().split('\n');
  expect(others).toEqual([]);
  expect(JSON.parse(known!)).toMatchObject({
    id,
    cpu: expect.any(Number),
    course: COURSE,
    state: 'ready',
    terminals: 2,
    viewers: 2,
    attention: [],
  });
  second.close();
});

test('stop ends a sandbox by the first letters of its id, and its learner reads the operator’s words', async () => {
  const { page, id } = await learner();
  const short = id.slice(0, 8);
  expect(await operate('stop', short, '--say', 'Lunch')).toEqual({
    status: 0,
    output: `${id.slice(0, 6)}  stopped; its files are kept\n`,
  });
  expect((await page.closed).code).toBe(ERRORS['stopped-by-operator'].close);
  expect(page.messages).toContainEqual({ type: 'closing', said: 'Lunch' });
  expect((await operate('stop', short)).output).toContain('did not run');
});

test('stop changes nothing where an id is unknown or could be several, and says which', async () => {
  const [one, other] = [await learner(), await learner()];
  for (const args of [['nobody'], [one.id, 'nobody']]) {
    const { status, output } = await operate('stop', ...args);
    expect(status).toBe(1);
    expect(output).toContain('There is no sandbox "nobody".');
  }
  const { status, output } = await operate('stop', '');
  expect(status).toBe(1);
  for (const { id } of [one, other]) expect(output).toContain(id.slice(0, 6));
  const states = (await list()).filter(({ id }) => id === one.id || id === other.id).map(({ state }) => state);
  expect(states).toEqual(['ready', 'ready']);
});

test('files are removed only where that was said twice', async () => {
  const { page, id } = await learner();
  const asked = await operate('stop', '--remove', id);
  expect(asked.status).toBe(1);
  expect(asked.output).toMatch(/The files of the sandbox will be deleted, .*: what its learner did there is lost\./);
  expect(asked.output).toContain('--yes');
  for (const keys of ['yes\n', '\x03']) {
    const no = await onTerminal(['stop', '--remove', id, '--run', run], { until: /Type "remove"/, keys });
    expect(no.status).toBe(1);
    expect(no.output).toContain('Nothing was done.');
    expect(no.output).not.toMatch(/^\s+at /m);
  }
  expect((await list()).map((each) => each.id)).toContain(id);
  const yes = await onTerminal(['stop', '--remove', id, '--run', run], { until: /Type "remove"/, keys: 'remove\n' });
  expect(yes.status).toBe(0);
  expect((await page.closed).code).toBe(ERRORS['removed-by-operator'].close);
  expect((await list()).map((each) => each.id)).not.toContain(id);
});

test('what is on a terminal is as wide as that is: columns go, from the right, and are named', async () => {
  await aloneOnHost();
  const { id } = await learner();
  const { status, output } = await onTerminal(['ps', '--run', run], { columns: 40 });
  expect(status).toBe(0);
  const lines = output.split('\r\n');
  expect(lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^SANDBOX {2}LEARNER {3}STATE +SINCE +CPU$/),
    expect.stringMatching(new RegExp(`^${id.slice(0, 6)} {3}\\w{8} {2}ready .*%$`)),
  ]);
  expect(lines[2]).toContain('Too narrow for MEMORY, TERMINALS, VIEWERS, COURSE, DISK, IMAGE.');
});

test('top draws on another screen, no wider than the terminal, and leaves it as it was', async () => {
  await learner();
  const { status, output } = await onTerminal(['top', '--run', run], { columns: 60, until: /SANDBOX/, keys: '\x03' });
  expect(status).toBe(0);
  expect(output.startsWith('\x1b[?1049h\x1b[?25l')).toBe(true);
  expect(output.endsWith('\x1b[?25h\x1b[?1049l')).toBe(true);
  const lines = output.replaceAll(/\x1b\[[?\d;]*[A-Za-z]/g, '').split(/[\r\n]+/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
});

test('top has the busiest first, and says which wants attention: no memory left, slowed down with nobody there', async () => {
  await aloneOnHost();
  const greedy = await learner();
  greedy.page.type('tail /dev/zero\n');
  await greedy.page.hears('notice');
  const busy = await learner();
  busy.page.type('while :; do :; done\n');
  busy.page.close();
  const attention = async () =>
    (await operate('top', '--once')).output.split('\n').filter((line) => /^\w{6} .*%/.test(line));
  await expect
    .poll(attention, { timeout: 30_000 })
    .toEqual([
      expect.stringMatching(new RegExp(`^${busy.id.slice(0, 6)} .*throttled, unattended`)),
      expect.stringMatching(new RegExp(`^${greedy.id.slice(0, 6)} .*out of memory 1×`)),
    ]);
});

test('logs shows what happened to one sandbox or request, readable or as it was written', async () => {
  const { id } = await learner();
  const { status, output } = await operate('logs', id.slice(0, 8));
  expect(status).toBe(0);
  expect(output).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INFO {2}gateway {4}sandbox started .*sandbox=\w+/m);
  expect(output).toMatch(/ INFO {2}supervisor started /);
  for (const line of output.trim().split('\n')) expect(line).toContain(id);
  const lines = (await operate('logs', id, '--json')).output.trim().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { sandbox: string; request: string; level: number });
  expect(new Set(entries.map(({ sandbox }) => sandbox))).toEqual(new Set([id]));
  const { request } = entries.find((entry) => entry.request !== undefined)!;
  expect((await operate('logs', request)).output).toContain(`request=${request}`);
  expect(await operate('logs', id, '--level', 'error')).toEqual({
    status: 1,
    output: `No line of the log names "${id}" of that time and level.\n`,
  });
  expect((await operate('logs', id, '--lines', '1')).output.trim().split('\n')[0]).toContain(id);
  expect((await operate('logs', id, '--since', '2999-01-01')).status).toBe(1);
});

test('logs --follow goes on with what happens', async () => {
  const { id, page } = await learner();
  const following = new Slipway(['logs', '--follow', id, '--run', run]);
  await following.prints(/sandbox started/);
  await operate('stop', id);
  await page.closed;
  await following.prints(/stopped by the operator/);
  following.child.kill('SIGINT');
  await following.ended;
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInSandbox } from '../../sandbox-server/sandbox/init/ask.ts';
import { OciDriver } from '../../sandbox-server/sandbox/oci/driver.ts';
import { limitsOf } from '../support/cgroup-limits.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TestServer } from '../support/server.ts';

const TERMINAL = '/api/courses/containers-and-docker/terminals/main';
const SHARE = 0.1;

let server: TestServer;
let driver: OciDriver;

beforeAll(async () => {
  server = await TestServer.start({ busyAfterMs: 1500, busyShare: SHARE });
  driver = new OciDriver({ run: server.config.run, socket: server.config.paths.supervisorSocket });
});
afterAll(async () => {
  await driver?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** A new learner types a line into their terminal and goes away; their cookie, and their sandbox. */
async function leaves(line: string): Promise<{ cookie: string; id: string }> {
  const before = new Set(sandboxes());
  const cookie = await visit(server.url);
  const page = await TestPage.open(server.url, cookie, TERMINAL);
  await page.attach();
  await page.shows(/\$ /);
  page.type(`${line} echo be""gun\n`);
  await page.shows(/begun\r\n/);
  page.close();
  return { cookie, id: sandboxes().find((id) => !before.has(id))! };
}

const sandboxes = () => readdirSync(join(server.config.paths.supervisorData, 'sandboxes'));

/** Processors that the host lets the learner's programs keep busy. */
function processors(id: string): number {
  const limits = Object.entries(limitsOf(server.config, id)).filter(([path]) => path.includes(`/${id}/learner/`));
  const value = (file: string) => limits.find(([path]) => path.endsWith(`/${file}`))?.[1];
  const [quota, period] = value('cpu.max')?.split(' ') ?? [value('cpu.cfs_quota_us'), value('cpu.cfs_period_us')];
  return Number(quota) / Number(period);
}

const told = () =>
  readFileSync(join(server.config.run, 'gateway.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('slowed down'))
    .map((line) => JSON.parse(line) as { sandbox: string; msg: string; reason?: string });

test('what computes with nobody there is slowed down, told, and at full speed again when its learner is back', async () => {
  const { cookie, id } = await leaves('(while :; do :; done) &');
  const { cpus } = server.config.limits.containers;
  await expect.poll(() => processors(id), { timeout: 20_000 }).toBeCloseTo(SHARE * cpus);
  const [before, began] = [(await driver.stats(id)).cpuMicroseconds, performance.now()];
  await sleep(1000);
  const used = ((await driver.stats(id)).cpuMicroseconds - before) / 1000;
  expect(used / (performance.now() - began)).toBeLessThan(cpus / 2);
  expect(told()).toMatchObject([{ sandbox: id, msg: 'slowed down: busy for long with nobody there' }]);
  const page = await TestPage.open(server.url, cookie, TERMINAL);
  await page.attach();
  expect(await page.hears('returned')).toEqual({ type: 'returned', from: 'throttled' });
  await expect.poll(() => processors(id), { timeout: 10_000 }).toBe(cpus);
  expect(told().at(-1)).toMatchObject({ sandbox: id, reason: 'returned' });
  page.close();
});

test('a control group of the sandbox’s own that may use all of it keeps nobody from slowing it down', async () => {
  const script = [
    '[ -d /sys/fs/cgroup/cpu ] && group=/sys/fs/cgroup/cpu/busy || group=/sys/fs/cgroup/busy',
    'mkdir $group',
    '[ -e $group/cpu.max ] && echo 100000 > $group/cpu.max || echo 100000 > $group/cpu.cfs_quota_us',
    'echo $$ > $group/cgroup.procs',
    'while :; do :; done',
  ];
  const write = `printf '%s\\n' ${script.map((line) => `'${line}'`).join(' ')} > busy.sh`;
  const { id } = await leaves(`${write}; sudo bash -e busy.sh &`);
  await expect.poll(() => processors(id), { timeout: 20_000 }).toBeCloseTo(SHARE);
});

test('what has become quiet has all of its processors again with nobody there', async () => {
  const { id } = await leaves('(until [ -e stop ]; do :; done) &');
  await expect.poll(told, { timeout: 50_000 }).toContainEqual(expect.objectContaining({ sandbox: id }));
  await runInSandbox(await driver.connect(id), { op: 'exec', argv: ['touch', 'stop'] });
  await expect.poll(() => told().at(-1), { timeout: 20_000 }).toMatchObject({ sandbox: id, reason: 'quiet' });
  expect(processors(id)).toBe(1);
});

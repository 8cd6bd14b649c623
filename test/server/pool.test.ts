/** Sandboxes that wait for learners, on a real server: nobody can tell one from another that was made for them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bothProfiles, PROFILE_COURSES, terminalIn } from '../support/both-profiles.ts';
import { freePort, TestPage, visit } from '../support/gateway.ts';
import { initOf } from '../support/host.ts';
import { scrape } from '../support/prometheus.ts';
import { TestServer } from '../support/server.ts';
import type { Overrides } from '../support/config.ts';

const stack: AsyncDisposableStack[] = [];
afterEach(async () => {
  for (const each of stack.splice(0)) await each.disposeAsync();
});

async function serverWith(overrides: Overrides = {}): Promise<TestServer> {
  const server = await TestServer.start({ ...bothProfiles(), ...overrides });
  const own = new AsyncDisposableStack();
  own.use(server);
  stack.push(own);
  return server;
}

/** Ids of all that run, a learner's or not. */
function running(server: TestServer): string[] {
  const folder = join(server.config.run, 'sandboxes');
  return readdirSync(folder)
    .filter((id) => existsSync(join(folder, id, 'init.json')))
    .sort();
}
const settled = (server: TestServer, count: number) =>
  expect.poll(() => running(server), { timeout: 20_000 }).toHaveLength(count);

async function arrive(server: TestServer, course: (typeof PROFILE_COURSES)[number], cookie?: string) {
  const own = cookie ?? (await visit(server.url));
  const page = await (await TestPage.open(server.url, own, terminalIn(course))).attach();
  await page.shows(/\$ /);
  return { cookie: own, page };
}

/** What can be seen in a sandbox, less what time and chance make of it. */
const LOOK = `
  id; hostname; pwd; umask; ulimit -a; env | grep -v ^_= | sort; cat /proc/self/status | grep -E '^(Cap|Seccomp|NoNew|Uid|Gid)'
  ls -lAR --time-style=+ /etc/slipway /run /tmp /dev | grep -v '^total'; find ~ -maxdepth 2 -printf '%M %u %s %p\\n' | sort; ps -eo user,args --no-headers
  df -B1 --output=target,size,used,itotal,iused / /dev/shm; sed 's/[0-9]*:[0-9]* / /; s/^[0-9]* [0-9]* //' /proc/mounts
  cat /proc/sys/kernel/hostname /proc/self/cgroup; echo looked-$((1))`;

async function look(page: TestPage): Promise<string[]> {
  page.type(`clear; ${LOOK.trim().replaceAll(/\s*\n\s*/g, '; ')}\n`);
  await page.shows(/looked-1\r\n/);
  const shown = page.text.slice(page.text.indexOf('uid=1000'), page.text.indexOf('looked-1\r\n'));
  // A loop device, a range of ids and what lies in the host's folders are each sandbox's own.
  return shown
    .replaceAll(/\/run\/slipway-test[^/]*\/[^/]*|\/dev\/loop\d+|\b\d{10}\b|\b[0-9a-hjkmnp-tv-z]{26}\b/g, '…')
    .split('\r\n');
}

test.each(PROFILE_COURSES)(
  'who comes finds one that runs already, and it is like one made for them: %s',
  async (course) => {
    const port = await freePort();
    const server = await serverWith({ poolSize: 2, metrics: { host: '127.0.0.1', port } });
    await settled(server, 2);
    const ahead = running(server);
    const inits = new Map(ahead.map((id) => [id, initOf(server, id)]));

    const { page } = await arrive(server, course);
    await settled(server, 3);
    const figures = await scrape(`http://127.0.0.1:${port}/metrics`);
    expect(figures.value('slipway_pool_claims_total', { found: 'yes' })).toBe(1);
    expect(figures.value('slipway_pool_claims_total', { found: 'no' })).toBe(0);
    await expect.poll(async () => (await scrape(`http://127.0.0.1:${port}/metrics`)).value('slipway_pool')).toBe(2);
    // What waited is the learner's now, with the init that it had, and another has its place.
    expect(running(server).filter((id) => inits.has(id) && initOf(server, id) === inits.get(id))).toEqual(ahead);

    const cold = await serverWith({ poolSize: 0 });
    const other = await arrive(cold, course);
    const seen = await look(page);
    expect(seen.length).toBeGreaterThan(60);
    expect(seen).toEqual(await look(other.page));
  },
);

test('whose it has become it stays, over a kill of the gateway; those that wait are made anew', async () => {
  const server = await serverWith({ poolSize: 2 });
  await settled(server, 2);
  const { cookie, page } = await arrive(server, 'standard');
  const { shell } = await page.hears('attached');
  await settled(server, 3);
  const before = running(server);
  await server.end('gateway', 'SIGKILL');
  await server.run('gateway');
  const again = await arrive(server, 'standard', cookie);
  expect((await again.page.hears('attached')).shell).toBe(shell);
  await expect.poll(() => running(server).filter((id) => before.includes(id)), { timeout: 20_000 }).toHaveLength(1);
  await settled(server, 3);
});

test('what a learner had is never given to another', async () => {
  const server = await serverWith({ poolSize: 1 });
  await settled(server, 1);
  const { cookie, page } = await arrive(server, 'standard');
  page.type('echo theirs > left-behind; echo done-$((1))\n');
  await page.shows(/done-1/);
  const [theirs] = running(server);
  const headers = { 'content-type': 'application/json', origin: server.url, cookie };
  await fetch(`${server.url}/api/progress/delete`, { method: 'POST', headers, body: '{}' });
  await settled(server, 1);
  expect(running(server)).not.toContain(theirs);
  const next = await arrive(server, 'standard');
  next.page.type('ls -A; echo listed-$((1))\n');
  await next.page.shows(/listed-1\r\n/);
  expect(next.page.text).not.toContain('left-behind');
});

test('those that wait keep nobody from a place', async () => {
  const server = await serverWith({ poolSize: 2, maxSandboxes: 2 });
  await settled(server, 2);
  await arrive(server, 'standard');
  await arrive(server, 'standard'); // the other one that waits is not what they need
  await settled(server, 2);
});

test('one that has ended while it waited is started for whom it is', async () => {
  const server = await serverWith({ poolSize: 2 });
  await settled(server, 2);
  for (const id of running(server)) process.kill(initOf(server, id), 'SIGKILL');
  await arrive(server, 'standard');
});

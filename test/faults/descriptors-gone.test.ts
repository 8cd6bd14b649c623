import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findUser } from '../../sandbox-server/cli/stages/system-user.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { initOf } from '../support/host.ts';
import { COURSE, TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';
import { refusalOf } from '../support/told.ts';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Lets a process of the server have so many descriptors more than it has now; until disposed. */
function scarce(part: 'gateway' | 'supervisor', more: number): Disposable {
  const pid = server.pid(part);
  // Root may do that to its own processes alone, where it is not all that root can be.
  const { uid, gid } = part === 'gateway' ? findUser(server.config.user)! : { uid: 0, gid: 0 };
  const prlimit = (...options: string[]) =>
    execFileSync(
      'setpriv',
      [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', 'prlimit', '--pid', String(pid), ...options],
      {
        encoding: 'utf8',
      },
    ).trim();
  const before = prlimit('--nofile', '--output=SOFT', '--noheadings');
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  // Descriptors are numbers: of those below the limit, so many are free.
  let limit = 0;
  for (let free = 0; free <= more; limit++) if (!open.has(limit)) free++;
  prlimit(`--nofile=${limit - 1}:`);
  return { [Symbol.dispose]: () => void prlimit(`--nofile=${before}:`) };
}

async function resident(): Promise<{ cookie: string; page: TestPage; goesOn(what: string): Promise<void> }> {
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  await page.shows(/\$ /);
  return {
    cookie,
    page,
    goesOn: async (what) => {
      page.type(`echo ${what}-$((1))\n`);
      await page.shows(new RegExp(`${what}-1\r\n`));
    },
  };
}

test('a supervisor without descriptors starts nobody’s sandbox, and takes none that runs for one that does not', async () => {
  const { cookie, page, goesOn } = await resident();
  const [sandbox] = readdirSync(join(server.config.run, 'sandboxes'));
  const init = initOf(server, sandbox!);
  const newcomer = await visit(server.url);
  {
    using _scarce = scarce('supervisor', 0);
    expect(await refusalOf(server.url, newcomer, TERMINAL)).toBe('server-exhausted');
    await goesOn('meanwhile');
    // What must not be asked for now: a sandbox that seems not to run would be started over its disk.
    await fetch(`${server.url}${COURSE}/sandbox`, { headers: { cookie } });
    await goesOn('asked');
  }
  await (await TestPage.open(server.url, newcomer, TERMINAL)).attach();
  const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  expect((await again.hears('attached')).shell).toBe((await page.hears('attached')).shell);
  expect(initOf(server, sandbox!)).toBe(init);
});

test('a gateway without descriptors tells who it can still hear, and keeps all whom it has', async () => {
  const { page, goesOn } = await resident();
  const newcomer = await visit(server.url);
  {
    // A connection of the browser’s and its socket, and nothing for the way to the sandbox.
    using _scarce = scarce('gateway', 1);
    expect(await refusalOf(server.url, newcomer, TERMINAL)).toBe('server-exhausted');
    await goesOn('meanwhile');
  }
  {
    using _scarce = scarce('gateway', 0);
    // Nobody new is heard: the page finds nobody there, and tries again by itself.
    await expect(TestPage.open(server.url, newcomer, TERMINAL)).rejects.toThrow();
    await goesOn('nothing-left');
  }
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await (await TestPage.open(server.url, newcomer, TERMINAL)).attach();
  page.close();
});

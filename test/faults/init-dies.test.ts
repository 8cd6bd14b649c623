import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { idsOf, initOf, tracesOf } from '../support/host.ts';
import { COURSE, TERMINAL } from '../support/raw-web.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestServer } from '../support/server.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
beforeEach(async () => {
  id = await sandboxes.start();
  return () => sandboxes.driver.destroy(id);
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('a sandbox whose init is killed is stopped, and its files are kept', async () => {
  await sandboxes.run(id, 'echo kept > ~/note; sync');
  const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
  process.kill(initOf(sandboxes, id), 'SIGKILL');
  await terminal.ended;
  await expect.poll(() => sandboxes.driver.status(id)).toBe('stopped');
  await expect(sandboxes.driver.connect(id)).rejects.toMatchObject({ code: 'not-running' });
  await sandboxes.driver.start(id);
  expect((await sandboxes.run(id, 'cat ~/note')).out).toBe('kept\n');
});

test('after the host’s own restart every sandbox is stopped, with what was written', async () => {
  const others = await Promise.all([sandboxes.start(), sandboxes.start()]);
  const all = [id, ...others];
  await Promise.all(all.map((each, n) => sandboxes.run(each, `echo file-${n} > ~/note; sync`)));
  // What a restart takes: every process, and with the last of them the mounts and the loop devices.
  for (const each of all) process.kill(initOf(sandboxes, each), 'SIGKILL');
  await expect.poll(async () => (await sandboxes.driver.list()).filter(({ state }) => state !== 'stopped')).toEqual([]);
  await sandboxes.supervisor.sandboxes.reconcile();
  for (const each of all) {
    await expect.poll(() => tracesOf(sandboxes.config, each, idsOf(sandboxes, each))).toEqual([]);
  }
  await Promise.all(all.map((each) => sandboxes.driver.start(each)));
  const notes = await Promise.all(all.map(async (each) => (await sandboxes.run(each, 'cat ~/note')).out));
  expect(notes).toEqual(['file-0\n', 'file-1\n', 'file-2\n']);
  await Promise.all(others.map((each) => sandboxes.driver.destroy(each)));
});

test('a disk that was being written when everything ended is whole again, and keeps what was saved before', async () => {
  for (let round = 0; round < 4; round++) {
    const writing = sandboxes
      .run(
        id,
        `echo round-${round} >> ~/saved; sync; while :; do head -c 3M /dev/urandom > ~/junk; mkdir -p ~/d$RANDOM; done`,
      )
      .catch(() => undefined);
    await expect.poll(async () => (await sandboxes.run(id, 'ls ~/junk 2>/dev/null')).out).toBe('/home/learner/junk\n');
    process.kill(initOf(sandboxes, id), 'SIGKILL');
    await writing;
    await sandboxes.driver.stop(id);
    await sandboxes.driver.start(id);
    const { out } = await sandboxes.run(id, 'tail -n 1 ~/saved; rm -rf ~/junk ~/d*; touch ~/works && echo works');
    expect(out).toBe(`round-${round}\nworks\n`);
  }
});

test('a learner whose sandbox dies is told so, and the next visit starts it over its files', async () => {
  await using server = await TestServer.start();
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type('echo kept > ~/note; sync; echo do-$((1))-ne\n');
  await page.shows(/do-1-ne\r\n/);
  const [sandbox] = readdirSync(join(server.config.run, 'sandboxes'));
  process.kill(initOf(server, sandbox!), 'SIGKILL');
  expect(await page.closed).toMatchObject({ reason: 'sandbox-died' });
  const state = (await (await fetch(`${server.url}${COURSE}/sandbox`, { headers: { cookie } })).json()) as {
    state: string;
  };
  expect(state.state).toBe('stopped');
  const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  again.type('cat ~/note\n');
  await again.shows(/kept\r\n/);
});

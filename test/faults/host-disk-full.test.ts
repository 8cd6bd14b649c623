import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Config } from '../../sandbox-server/config.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

// The disks of sandboxes lie on a small file system of their own, which the test fills.
let folder: string;
let server: TestServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600m,mode=700', 'slipway-test', folder]);
  server = await TestServer.start({ paths: { supervisorData: join(folder, 'data', 'supervisor') } as Config['paths'] });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true });
});

const fill = () => {
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=1M'], { stdio: 'ignore' });
  } catch {
    // Full: that is what it is for.
  }
};

test('when the host’s disk is full, newcomers wait for space, those who are there go on, and what was saved is kept', async () => {
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type('echo saved > ~/note; sync; echo do-$((1))-ne\n');
  await page.shows(/do-1-ne\r\n/);
  fill();

  const newcomer = await TestPage.open(server.url, await visit(server.url), TERMINAL);
  newcomer.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  expect(await newcomer.hears('starting')).toMatchObject({ stage: 'queue', wait: { why: 'disk', aboutMinutes: null } });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);

  // The sandbox's own disk now fails where it grows; the shell and its server do not.
  page.type('head -c 30M /dev/urandom > ~/more; sync; cat ~/note; echo af-$((1))-ter\n');
  await page.shows(/af-1-ter\r\n/, 30_000);
  rmSync(join(folder, 'filler'));
  const restart = await fetch(`${server.url}/api/courses/containers-and-docker/sandbox/restart`, {
    method: 'POST',
    headers: { cookie, origin: server.url, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(restart.status).toBe(204);
  const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  again.type('cat ~/note; rm -f ~/more; echo new > ~/new && cat ~/new\n');
  await again.shows(/saved\r\n[^]*new\r\n/);
  await newcomer.hears('attached');
});

test('a file that the server cannot read is somebody’s work all the same: it is kept, and the others are served', async () => {
  const before = await visit(server.url);
  await (await TestPage.open(server.url, before, TERMINAL)).attach();
  await server.end('gateway');
  await server.end('supervisor');
  const broken = join(folder, 'data', 'supervisor', 'sandboxes', '0'.repeat(26));
  execFileSync('mkdir', [broken]);
  writeFileSync(join(broken, 'meta.json'), '{"spec":');
  writeFileSync(join(broken, 'disk.ext4'), 'somebody’s work');
  await server.run('supervisor');
  await server.run('gateway');
  await (await TestPage.open(server.url, before, TERMINAL)).attach();
  expect(execFileSync('cat', [join(broken, 'disk.ext4')], { encoding: 'utf8' })).toBe('somebody’s work');
});

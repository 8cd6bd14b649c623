import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

interface Line {
  recovery: string;
  kind: string;
  id: string;
  why: string;
}

/** What a part's log says that its starts found left over. */
function told({ config }: TestServer, part: 'supervisor' | 'gateway'): string[] {
  const lines = readFileSync(join(config.run, `${part}.log`), 'utf8').split('\n');
  return lines
    .filter((line) => line.includes('"recovery"'))
    .map((line) => JSON.parse(line) as Line)
    .map(({ recovery, kind, id, why }) => {
      expect(why).not.toBe('');
      return `${recovery} ${kind} ${id}`;
    })
    .sort();
}

test('a start says of each thing that it found left over what it did with it, in a line of its own', async () => {
  await using server = await TestServer.start({ logLevel: 'warn' });
  const { run, paths, cgroup } = server.config;
  const cookies = [await visit(server.url), await visit(server.url)];
  const pages: TestPage[] = [];
  for (const cookie of cookies) pages.push(await (await TestPage.open(server.url, cookie, TERMINAL)).attach());
  const disks = join(paths.supervisorData, 'sandboxes');
  const database = new DatabaseSync(join(paths.gatewayData, 'slipway.db'), { timeout: 5000 });
  const rows = database.prepare('SELECT id FROM sandbox ORDER BY created_at').all() as { id: string }[];
  const [kept, gone] = rows.map(({ id }) => id) as [string, string];
  await server.end('gateway', 'SIGKILL');

  // One learner's sandbox is gone from the host; a third one is nobody's; a fourth was made for a moment.
  const [nobody, moment, halfDisk, ran] = [randomId(), randomId(), randomId(), randomId()];
  await server.end('supervisor', 'SIGKILL');
  execFileSync('cp', ['-a', '--sparse=always', join(disks, gone), join(disks, nobody)]);
  execFileSync('cp', ['-a', '--sparse=always', join(disks, gone), join(disks, moment)]);
  process.kill((JSON.parse(readFileSync(join(run, 'sandboxes', gone, 'init.json'), 'utf8')) as { pid: number }).pid, 9);
  rmSync(join(disks, gone), { recursive: true });
  database.prepare('INSERT INTO spare_sandbox (id, noted_at) VALUES (?, 0)').run(moment);
  database.close();
  // What a supervisor was at when it was killed.
  mkdirSync(join(disks, `.new-${halfDisk}`));
  mkdirSync(join(paths.layers, '.half-layer', 'etc'), { recursive: true });
  mkdirSync(join(run, 'sandboxes', ran, 'bundle'), { recursive: true });
  mkdirSync(join(run, 'probe-1', 'root'), { recursive: true });
  const hierarchy = existsSync('/sys/fs/cgroup/cgroup.controllers') ? '' : 'memory';
  mkdirSync(join('/sys/fs/cgroup', hierarchy, cgroup, 'probe-1'), { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'slipway-test', join(run, 'mnt')]);
  const device = execFileSync('losetup', ['--find', '--show', join(disks, nobody, 'disk.ext4')], { encoding: 'utf8' });
  const broken = randomId();
  mkdirSync(join(disks, broken));
  writeFileSync(join(disks, broken, 'meta.json'), '{"spec":');

  await server.run('supervisor');
  expect(told(server, 'supervisor')).toEqual(
    [
      `kept disk ${broken}`,
      `removed disk .new-${halfDisk}`,
      'removed layer .half-layer',
      `removed loop ${nobody}`,
      `removed mount ${join(run, 'mnt')}`,
      'removed probe probe-1',
      `removed running ${gone}`,
      `removed running ${ran}`,
    ].sort(),
  );
  for (const left of [`sandboxes/${gone}`, `sandboxes/${ran}`, 'probe-1'])
    expect(existsSync(join(run, left))).toBe(false);
  expect(existsSync(join('/sys/block', basename(device.trim()), 'loop'))).toBe(false);

  await server.run('gateway');
  const lines = [
    `kept sandbox ${broken}`,
    `kept sandbox ${nobody}`,
    `removed record ${gone}`,
    `removed sandbox ${moment}`,
  ];
  await expect.poll(() => told(server, 'gateway')).toEqual(lines.sort());
  expect([existsSync(join(disks, moment)), existsSync(join(disks, nobody))]).toEqual([false, true]);

  // Whose sandbox was there is back in it, whose is gone has a new one, and a second start finds nothing to say.
  for (const cookie of cookies) await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  expect(existsSync(join(disks, kept))).toBe(true);
  const before = told(server, 'supervisor');
  await server.end('supervisor');
  await server.run('supervisor');
  expect(told(server, 'supervisor').length - before.length).toBe(1); // the disk that nobody can read, again
});

test('what cannot be removed is told too, and keeps nobody from a sandbox', async () => {
  await using server = await TestServer.start({ logLevel: 'warn' });
  const { paths } = server.config;
  await server.end('supervisor');
  const stuck = join(paths.supervisorData, 'sandboxes', `.new-${randomId()}`);
  mkdirSync(stuck);
  writeFileSync(join(stuck, 'file'), '');
  // A file system of its own that may not be written.
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'slipway-test', stuck]);
  try {
    await server.run('supervisor');
    expect(told(server, 'supervisor')).toEqual([`not-removed disk ${stuck.split('/').at(-1)}`]);
    await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
  } finally {
    execFileSync('umount', [stuck]);
  }
});

/** What a live figure shows, against what programs of the sandbox find out themselves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PictureBox } from '../../sandbox-server/protocol/figure.ts';
import { buildBusybox, dockerIn, ENGINES } from '../support/engine.ts';
import { commandsIn, Drawn } from '../support/pictures.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** A sandbox of a profile at its prompt, drawn. */
async function sandbox(profile: 'standard' | 'containers') {
  const id = await sandboxes.start(sandboxes.specOf(profile));
  const main = await TestTerminal.open(sandboxes.driver, id, 'main');
  await main.shows(/\$ /);
  return { id, main, sh: dockerIn(sandboxes, id) };
}

/** What `readlink` prints of a process's namespaces, for those of the box. */
const links = ({ own }: PictureBox) => Object.entries(own).map(([kind, inode]) => `${kind}:[${inode}]`);

test.each(['standard', 'containers'] as const)(
  'in profile %s, kernel, name, namespaces and limits are those that programs see',
  async (profile) => {
    const { id, sh } = await sandbox(profile);
    using drawn = new Drawn(sandboxes.driver, id);
    await expect.poll(() => commandsIn(drawn.box)).toEqual(['slipway-init', 'bash']);
    const { box, kernel, use, hostname, engine } = drawn.newest!;
    expect(await sh('uname -r; hostname')).toBe(`${kernel}\n${hostname}\n`);
    expect((await sh('for n in /proc/self/ns/*; do readlink $n; done')).split('\n')).toEqual(
      expect.arrayContaining(links(box)),
    );
    expect(box.boxes).toEqual([]);
    expect(box.processes.filter(({ unknown }) => unknown)).toEqual([]);
    const { limits } = sandboxes.specOf(profile);
    expect(use).toMatchObject({ memoryLimit: limits.memoryBytes, processesLimit: limits.processes });
    expect(engine).toEqual(profile === 'containers' ? { since: null } : null);
  },
);

test('process 1 stays open to root’s own programs, whatever it reads as whom', async () => {
  const { id } = await sandbox('standard');
  using drawn = new Drawn(sandboxes.driver, id);
  await expect.poll(() => commandsIn(drawn.box)).toEqual(['slipway-init', 'bash']);
  const { out } = await sandboxes.run(id, 'readlink /proc/1/ns/uts', { root: true });
  expect(out).toBe(`uts:[${drawn.box!.own.uts}]\n`);
});

test('a shell that was unshared is in a box of its own, in that of the program which unshared it', async () => {
  const { id, main, sh } = await sandbox('containers');
  using drawn = new Drawn(sandboxes.driver, id);
  main.type('sudo unshare --pid --fork --mount-proc bash\n');
  const outer = () => drawn.box?.boxes[0];
  const inner = () => outer()?.boxes[0];
  await expect.poll(() => commandsIn(inner())).toEqual(['bash']);
  expect(commandsIn(outer())).toEqual(['unshare']);
  const [shell] = inner()!.processes;
  expect(shell).toMatchObject({ inside: 1, user: 'root', parent: outer()!.processes[0]!.number });
  expect(links(outer()!)).toEqual([(await sh('sudo readlink /proc/$(pgrep -x unshare)/ns/mnt')).trim()]);
  expect(links(inner()!)).toEqual([(await sh(`sudo readlink /proc/${shell!.number}/ns/pid`)).trim()]);
  main.type('exit\n');
  await expect.poll(() => drawn.box?.boxes).toEqual([]);
});

test('a user namespace that the learner makes is drawn too', async () => {
  const { id, main } = await sandbox('containers');
  using drawn = new Drawn(sandboxes.driver, id);
  main.type('unshare --user --map-root-user --net sleep 1000\n');
  await expect.poll(() => commandsIn(drawn.box?.boxes[0])).toEqual(['sleep']);
  expect(Object.keys(drawn.box!.boxes[0]!.own).sort()).toEqual(['net', 'user']);
});

test('what happens without anybody’s typing is drawn as well', async () => {
  const { id, main } = await sandbox('containers');
  using drawn = new Drawn(sandboxes.driver, id);
  main.type('(sleep 5; sleep 1000) &\n');
  const sleeper = () => drawn.box?.processes.find(({ command }) => command === 'sleep')?.number;
  await expect.poll(sleeper).toBeGreaterThan(1);
  const first = sleeper();
  await expect.poll(sleeper, { timeout: 20_000 }).not.toBe(first);
});

test('the engine’s containers go by its names, and looking neither starts it nor asks it', async () => {
  const { id, sh } = await sandbox('containers');
  using drawn = new Drawn(sandboxes.driver, id);
  await expect.poll(() => drawn.newest?.engine).toEqual({ since: null });
  await sleep(2500); // a glance without cause
  expect(await sh(ENGINES)).toBe('0\n');
  await buildBusybox(sh);
  await sh('docker run -d --name web box sleep 1000');
  await expect.poll(() => drawn.box?.boxes[0]?.container).toEqual({ name: 'web', image: 'box' });
  const [web] = drawn.box!.boxes;
  await expect.poll(() => commandsIn(drawn.box?.boxes[0])).toEqual(['sleep']);
  expect(web!.processes[0]).toMatchObject({ inside: 1, user: 'root' });
  const pid = (await sh('docker inspect -f "{{.State.Pid}}" web')).trim();
  expect(pid).toBe(`${web!.processes[0]!.number}`);
  for (const [kind, inode] of Object.entries(web!.own)) {
    expect(await sh(`sudo readlink /proc/${pid}/ns/${kind}`)).toBe(`${kind}:[${inode}]\n`);
  }
  expect(drawn.newest!.engine!.since).toBeGreaterThan(Date.now() - 600_000);
  await sh('docker rm -f web');
  await expect.poll(() => drawn.box?.boxes).toEqual([]);
});

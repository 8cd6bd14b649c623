/** What a learner may put in the way of the live figure: it goes on, shows nothing else, and is data. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_PAYLOAD_BYTES } from '../../sandbox-server/sandbox/init/frames.ts';
import { dockerIn } from '../support/engine.ts';
import { boxesIn, commandsIn, Drawn } from '../support/pictures.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

async function sandbox() {
  const id = await sandboxes.start(sandboxes.specOf('containers'));
  const main = await TestTerminal.open(sandboxes.driver, id, 'main');
  await main.shows(/\$ /);
  return { id, main, sh: dockerIn(sandboxes, id) };
}

/** Has a program go on when the script that starts it has ended. */
const aside = (command: string) => `setsid -f ${command} > /dev/null 2>&1`;

test('no name of a program or of a user acts on what shows it', async () => {
  const { id, sh } = await sandbox();
  using drawn = new Drawn(sandboxes.driver, id);
  await sh(`printf '\\e[31m<i>\\xff:x:4243:4243::/:/bin/sh\\n' | sudo tee -a /etc/passwd > /dev/null`);
  await sh(`name=$'/tmp/\\e]0;<u>\\n\\xff&' && cp /bin/sleep "$name" && chmod 755 "$name" &&
    ${aside('sudo setpriv --reuid 4243 --clear-groups "$name" 1000')}`);
  const sleeper = () => drawn.box?.processes.find(({ command }) => command.includes('<u>'));
  await expect.poll(sleeper).toMatchObject({ command: '\uFFFD]0;<u>\uFFFD\uFFFD&', user: '\uFFFD[31m<i>\uFFFD' });
});

test('it shows the processes of the sandbox, and nobody else’s', async () => {
  const [mine, theirs] = [await sandbox(), await sandbox()];
  theirs.main.type('cp /bin/sleep neighbour; ./neighbour 1000 &\n');
  using neighbours = new Drawn(sandboxes.driver, theirs.id);
  await expect.poll(() => commandsIn(neighbours.box)).toContain('neighbour');
  using drawn = new Drawn(sandboxes.driver, mine.id);
  await expect.poll(() => commandsIn(drawn.box)).toEqual(['slipway-init', 'bash']);
  const { own } = drawn.box!;
  const others = { ...neighbours.box!.own, time: 0 };
  expect(Object.values(own).filter((inode) => Object.values(others).includes(inode))).toEqual([]);
});

test('what is mounted over the kernel’s files is not looked at', async () => {
  const { id, sh, main } = await sandbox();
  using drawn = new Drawn(sandboxes.driver, id);
  await expect.poll(() => commandsIn(drawn.box)).toEqual(['slipway-init', 'bash']);
  // One process hides behind a pipe that never tells anything.
  await sh(
    `${aside('sleep 1000')}; mkfifo pipe; setsid -f tail -f /dev/null 9<> pipe > /dev/null 2>&1; sudo mount --bind pipe /proc/$(pgrep -x sleep)/status`,
  );
  await sh(`cp /bin/sleep later; ${aside('./later 1000')}`);
  await expect.poll(() => commandsIn(drawn.box)).toContain('later');
  expect(commandsIn(drawn.box)).not.toContain('sleep');
  await sh('cp /bin/sleep last; sudo sh -c "mount -t tmpfs none /sys/fs/cgroup; mount -t tmpfs none /proc"');
  // Process 1 starts nothing more in there: its own /proc is hidden as well.
  main.type('./last 1000 &\n');
  await expect.poll(() => commandsIn(drawn.box)).toContain('last');
  expect(drawn.newest!.use.processes).toBeGreaterThan(2);
});

test('more than anybody could read is counted, and process 1 goes on', async () => {
  const { id, main } = await sandbox();
  using drawn = new Drawn(sandboxes.driver, id);
  const boxes = 'for n in {1..60}; do unshare --user --map-root-user --net sleep 1000 & done';
  main.type(`${boxes}; for n in {1..380}; do sleep 1000 & done; clear\n`);
  await expect.poll(() => drawn.newest?.use.processes, { timeout: 30_000 }).toBeGreaterThan(440);
  await expect.poll(() => drawn.box?.moreBoxes ?? 0, { timeout: 10_000 }).toBeGreaterThan(10);
  await expect.poll(() => drawn.box?.more ?? 0, { timeout: 10_000 }).toBeGreaterThan(300);
  const all = boxesIn(drawn.box);
  expect(all.length).toBeLessThan(40);
  expect(all.flatMap(({ processes }) => processes).length).toBeLessThan(200);
  expect(JSON.stringify(drawn.newest).length).toBeLessThan(MAX_PAYLOAD_BYTES);
  await sandboxes.killAll(id);
  await expect.poll(() => commandsIn(drawn.box), { timeout: 10_000 }).toEqual(['slipway-init']);
});

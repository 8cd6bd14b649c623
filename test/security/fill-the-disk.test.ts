import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LIMITS } from '../support/limits.ts';
import { destroyCleanly } from '../support/residue.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let neighbour: string;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  neighbour = await sandboxes.start();
});
beforeEach(async () => {
  id = await sandboxes.start();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** Bytes that the sandbox's disk takes on the host. */
function onHost(): number {
  return statSync(join(sandboxes.config.paths.supervisorData, 'sandboxes', id, 'disk.ext4')).blocks * 512;
}

async function neighbourWrites(): Promise<void> {
  expect(
    (await sandboxes.run(neighbour, 'head -c 10M /dev/zero > ~/x && sync ~/x && rm ~/x && echo written')).out,
  ).toBe('written\n');
}

/** Clean-up is bounded too: it must not walk what the learner made. */
async function isRemovedSoon(): Promise<void> {
  await destroyCleanly(sandboxes, id);
}

test('a full disk says so inside, tells the learner, and costs nobody else', async () => {
  const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
  terminal.type('head -c 500M /dev/zero > ~/big; echo stopped-$((1))\n');
  await terminal.shows(/No space left on device[^]*stopped-1\r\n/, 30_000);
  expect(await terminal.hears('notice')).toEqual({ type: 'notice', code: 'disk-full' });
  expect(onHost()).toBeLessThanOrEqual(LIMITS.diskBytes + 1024 * 1024);
  await neighbourWrites();
  terminal.type('rm ~/big; echo again > ~/small && cat ~/small\n');
  await terminal.shows(/again\r\n/);
  await isRemovedSoon();
});

test('what the learner deletes is given back to the host', async () => {
  await sandboxes.run(id, 'head -c 30M /dev/urandom > ~/big; sync');
  expect(onHost()).toBeGreaterThan(30_000_000);
  await sandboxes.run(id, 'rm ~/big; sync');
  await expect.poll(onHost, { timeout: 15_000 }).toBeLessThan(20_000_000);
});

test('a million small files end at the disk’s own number of them', async () => {
  const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
  terminal.type(
    'mkdir ~/many; cd ~/many; for i in $(seq 1000000); do : > $i || break; done; echo made-$(ls -f | wc -l)\n',
  );
  await terminal.shows(/No space left on device[^]*made-\d+\r\n/, 30_000);
  expect(await terminal.hears('notice')).toEqual({ type: 'notice', code: 'disk-full' });
  expect(Number(/made-(\d+)\r\n/.exec(terminal.text)![1])).toBeLessThanOrEqual(LIMITS.inodes + 2);
  await neighbourWrites();
  await isRemovedSoon();
});

test('every place that a learner can write to is on the disk with its limit, or in memory', async () => {
  const { out } = await sandboxes.run(
    id,
    `for d in $(find / -xdev -type d -writable 2>/dev/null; awk '{print $2}' /proc/mounts); do
       [ -d $d ] && [ -w $d ] && stat -f -c '%T' $d; done | sort -u`,
  );
  // mqueue has no blocks: messages are counted by RLIMIT_MSGQUEUE.
  expect(
    out
      .trim()
      .split('\n')
      .filter((type) => !['overlayfs', 'tmpfs', 'mqueue', 'proc', 'devpts'].includes(type)),
  ).toEqual([]);
});

test('deep trees and odd names are no trouble, neither for what reads them nor for what removes them', async () => {
  const { out } = await sandboxes.run(
    id,
    `mkdir ~/odd; cd ~/odd
     printf x > $'new\\nline'; printf x > $'bad\\xff\\xfeutf8'; printf x > $'\\u202eright-to-left'; printf x > '-rf'
     printf x > ' '; printf x > '*'; printf x > $'\\033[2J\\007'; printf x > "$(printf 'n%.0s' $(seq 255))"; ls -A | wc -l
     perl -e 'for my $i (1 .. 2000) { my $d = "d" . $i % 7; mkdir($d) && chdir($d) or die "$i: $!" } print "depth-2000\\n"'`,
    { timeoutMs: 30_000 },
  );
  // The name with a line feed counts twice.
  expect(out).toMatch(/^9\ndepth-2000\n$/);
  expect(await sandboxes.driver.status(id)).toBe('ready');
  await sandboxes.driver.stop(id);
  await sandboxes.driver.start(id);
  expect((await sandboxes.run(id, 'cd ~/odd; ls -A | wc -l')).out).toBe('10\n');
  await isRemovedSoon();
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { RealSandboxes } from '../support/sandboxes.ts';

// What the kernel counts for each user namespace and whoever made it (/proc/sys/user): inotify, namespaces, and by rlimits
// of that moment signals and message queues. Root in a sandbox with an engine may raise all limits of its own namespace.
let sandboxes: RealSandboxes;
let id: string;
let neighbour: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start(sandboxes.specOf('containers'));
  neighbour = await sandboxes.start(sandboxes.specOf('containers'));
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

let serial = 0;

const RAISE = 'for each in /proc/sys/user/*; do echo 1000000 > $each; done';

/** Root takes what it can get by `take`, a Perl expression that is false where there is no more; how often it got it. */
async function takes(take: string, meanwhile: () => Promise<void>): Promise<number> {
  const file = `/tmp/taken-${serial++}`;
  const script = `${RAISE}
    perl -e 'my @keep; my $n = 0; $n++ while $n < 5000 && (${take}); open(my $f, ">", "${file}"); print $f "$n\\n"; close $f; sleep 60'`;
  const taking = sandboxes.run(id, script, { root: true, timeoutMs: 60_000 });
  taking.catch(() => undefined);
  const taken = async () => (await sandboxes.run(id, `cat ${file} 2>/dev/null`)).out.trim();
  await expect.poll(taken, { timeout: 30_000 }).not.toBe('');
  const number = Number(await taken());
  try {
    await meanwhile();
  } finally {
    await sandboxes.run(id, 'pkill -9 perl', { root: true });
    await taking;
  }
  return number;
}

/** The neighbour's root gets one. */
async function neighbourGets(take: string): Promise<void> {
  const { out } = await sandboxes.run(neighbour, `perl -e 'my @keep; print((${take}) ? "room" : "none: $!")'`, {
    root: true,
  });
  expect(out).toBe('room');
}

/** unshare(FLAG), and the file of what it made is kept open. */
const another = (flag: string, file: string) =>
  `syscall(272, ${flag}) == 0 && open($keep[@keep], "<", "/proc/self/ns/${file}")`;

test.runIf(process.arch === 'x64').each([
  ['inotify instances', 'syscall(294, 0) >= 0', 128],
  ['network namespaces', another('0x40000000', 'net'), 256],
  ['mount namespaces', another('0x00020000', 'mnt'), 512],
  ['namespaces of host names', another('0x04000000', 'uts'), 256],
  ['namespaces of control groups', another('0x02000000', 'cgroup'), 256],
  ['namespaces of message queues', another('0x08000000', 'ipc'), 256],
])('root that raises its own limits gets few %s, and a neighbour has its own', async (_what, take, most) => {
  const number = await takes(take, () => neighbourGets(take));
  expect(number).toBeGreaterThan(most / 2);
  expect(number).toBeLessThanOrEqual(most);
});

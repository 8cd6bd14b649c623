import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cgroups } from '../../sandbox-server/sandbox/oci/supervisor/cgroups.ts';
import { GroupWatch } from '../../sandbox-server/sandbox/oci/supervisor/group-watch.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

// Tables of which the kernel has one for the whole host. Some can be filled by root in a sandbox with an engine, which
// SECURITY.md tells; their tests here turn red on the day on which that holds.
let sandboxes: RealSandboxes;
let id: string;
let neighbour: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start(sandboxes.specOf('containers'));
  neighbour = await sandboxes.start();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('all files that a sandbox can open are fewer than the host allows', () => {
  const most = BigInt(readFileSync('/proc/sys/fs/file-max', 'utf8').trim());
  const { openFiles, processes } = sandboxes.config.limits.containers;
  expect(most).toBeGreaterThan(BigInt(openFiles * processes * sandboxes.config.maxSandboxes));
});

test.runIf(existsSync('/sys/fs/cgroup/memory'))(
  'a sandbox that makes control groups without end is stopped',
  async () => {
    const supervisor = sandboxes.supervisor;
    const log = { warn: () => undefined };
    using _watch = new GroupWatch({ ...supervisor, cgroups: new Cgroups(supervisor.cgroupParent), log });
    const hostile = await sandboxes.start({
      ...sandboxes.specOf('containers'),
      limits: sandboxes.config.limits.containers,
    });
    const groups = () => Number(/^memory\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/cgroups', 'utf8'))![1]);
    const before = groups();
    let most = before;
    const making = sandboxes
      .run(hostile, `perl -e 'my $n = 0; $n++ while mkdir("/sys/fs/cgroup/memory/g$n")'`, {
        root: true,
        timeoutMs: 20_000,
      })
      .catch(() => undefined);
    const state = async () => {
      most = Math.max(most, groups());
      return await sandboxes.driver.status(hostile);
    };
    await expect.poll(state, { timeout: 20_000, interval: 20 }).toBe('stopped');
    await making;
    // All that there can be is 65,535.
    expect(most - before).toBeLessThan(20_000);
    expect(await sandboxes.driver.status(id)).toBe('ready');
  },
);

test.fails('pseudo-terminals that root takes leave a neighbour its own', async () => {
  const taking = sandboxes.run(
    id,
    `mkdir -p /tmp/pts && mount -t devpts -o newinstance,ptmxmode=0666 x /tmp/pts
     exec perl -e 'my @keep; while (open(my $f, "+<", "/tmp/pts/ptmx")) { push @keep, $f } open(my $f, ">", "/tmp/taken"); sleep 60'`,
    { root: true, timeoutMs: 30_000 },
  );
  taking.catch(() => undefined);
  await expect.poll(async () => (await sandboxes.run(id, 'ls /tmp/taken')).out, { timeout: 20_000 }).not.toBe('');
  const { out } = await sandboxes.run(
    neighbour,
    `perl -e 'print open(my $f, "+<", "/dev/ptmx") ? "room" : "none: $!"'`,
  );
  await sandboxes.run(id, 'umount -l /tmp/pts; pkill -9 perl', { root: true });
  await taking;
  expect(out).toBe('room');
});

test.fails('addresses that root looks for on networks of its own leave room for those of the host', async () => {
  await sandboxes.run(
    id,
    `ip link add va type veth peer name vb; ip address add 10.99.0.1/16 dev va; ip link set va up; ip link set vb up
     perl -MSocket -e 'for my $i (1 .. 3000) { socket(my $s, AF_INET, SOCK_DGRAM, 0);
       send($s, "x", 0x40, sockaddr_in(9, inet_aton("10.99." . int($i / 250) . "." . (2 + $i % 250)))) }'`,
    { root: true },
  );
  const entries = parseInt(readFileSync('/proc/net/stat/arp_cache', 'utf8').split('\n')[1]!.split(/\s+/)[0]!, 16);
  const most = Number(readFileSync('/proc/sys/net/ipv4/neigh/default/gc_thresh3', 'utf8'));
  await sandboxes.run(id, 'ip link delete va', { root: true });
  expect(entries).toBeLessThan(most / 2);
});

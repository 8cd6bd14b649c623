import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atLarge, limitsOf } from '../support/cgroup-limits.ts';
import { ATTACKERS, startWithEngine } from '../support/engine-attacker.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

/** Hierarchies of version 1, that are there or might be. */
const HIERARCHIES =
  'cpu cpuacct cpuset devices freezer memory pids blkio net_cls net_prio perf_event rdma hugetlb misc name=systemd';

/** Where a sandbox's own hierarchy may be seen: by itself, by a container, by one that mounts it anew. */
const MOUNT_ANEW = `
  for h in ${HIERARCHIES}; do busybox mkdir -p /tmp/anew/$h; busybox mount -t cgroup -o $h x /tmp/anew/$h 2>/dev/null; done
  busybox mkdir -p /tmp/anew/2 && busybox mount -t cgroup2 x /tmp/anew/2 2>/dev/null
  places="/sys/fs/cgroup /cgroup /host/sys/fs/cgroup /tmp/anew"`;

/** Each attacker sleeps for a second at its end. */
const LOOK_EVERY_MS = 20;
const SEEN_AT_LEAST = 5;

describe.each(['crun', 'runc'] as const)('under %s', (runtime) => {
  let sandboxes: RealSandboxes;
  let id: string;

  beforeAll(async () => {
    sandboxes = await RealSandboxes.open({ runtime });
    id = await startWithEngine(sandboxes);
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  test('root in a sandbox may open no file of its own control groups for writing but those that move processes, or harm itself alone', async () => {
    const { out } = await sandboxes.run(
      id,
      `for f in $(find /sys/fs/cgroup -type f -not -path '*/docker/*'); do (: >> $f) 2>/dev/null && basename $f; done | sort -u`,
      { root: true },
    );
    const open = out.trim().split('\n');
    expect(open).toContain('cgroup.procs');
    // crun gives away what the kernel says is safe to (/sys/kernel/cgroup/delegate): of memory these two set no limit, and
    // act on the processes of the same group alone. `init` is in another.
    const harmless = ['memory.oom.group', 'memory.reclaim'];
    const moving = ['cgroup.procs', 'tasks', 'cgroup.threads', 'cgroup.subtree_control'];
    expect(open.filter((name) => ![...moving, ...harmless].includes(name))).toEqual([]);
  });

  describe.each(ATTACKERS)('%s', (_who, attack) => {
    test('raises no limit', async () => {
      const before = limitsOf(sandboxes.config, id);
      expect(Object.keys(before).length).toBeGreaterThan(5);
      const { out } = await attack(
        sandboxes,
        id,
        `${MOUNT_ANEW}
         put() { for f in $(busybox find $places -name $1 2>/dev/null); do for value in $2; do (echo "$value" > $f) 2>/dev/null; done; done; }
         put memory.limit_in_bytes "-1 9000000000"; put memory.memsw.limit_in_bytes "-1 9000000000"; put memory.max "max 9000000000"
         put memory.kmem.tcp.limit_in_bytes -1; put memory.swap.max max; put pids.max "max 100000"
         put cpu.cfs_quota_us "-1 900000"; put cpu.cfs_period_us 1000000; put cpu.max max; put cpu.shares 200000
         put devices.allow a; put cgroup.max.depth max; put cgroup.max.descendants max
         put notify_on_release 1; put release_agent /tmp/evil
         busybox find $places -name release_agent 2>/dev/null; echo tried`,
      );
      expect(out).toBe('tried\n');
      expect(limitsOf(sandboxes.config, id)).toEqual(before);
    });

    test('moves no process out of the limits', async () => {
      const trying = attack(
        sandboxes,
        id,
        `${MOUNT_ANEW}
         for dir in $places /proc/1/root/sys/fs/cgroup; do
           for f in $(busybox find $dir -name cgroup.procs -o -name tasks 2>/dev/null) $dir/../cgroup.procs $dir/memory/../../tasks; do
             for pid in $$ 1; do (echo $pid > $f) 2>/dev/null; done
           done
         done
         for fd in /proc/1/fd/*; do (echo $$ > $fd) 2>/dev/null; done
         echo tried; busybox sleep 1`,
      );
      let done = false;
      const seen = new Map<string, number>();
      void trying.finally(() => (done = true)).catch(() => {});
      while (!done) {
        for (const each of atLarge(sandboxes, id)) seen.set(each, (seen.get(each) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
      // What it writes to a descriptor may be its own output.
      expect((await trying).out).toContain('tried\n');
      // Who is out stays out, for as long as it sleeps; who ends is seen once or twice.
      expect([...seen].filter(([, times]) => times >= SEEN_AT_LEAST)).toEqual([]);
    });
  });
});

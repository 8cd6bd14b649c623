import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RealSandboxes } from '../support/sandboxes.ts';

describe.each(['crun', 'runc'] as const)('under %s', (runtime) => {
  let sandboxes: RealSandboxes;
  let id: string;
  let neighbour: string;

  beforeAll(async () => {
    sandboxes = await RealSandboxes.open({ runtime });
    id = await sandboxes.start();
    neighbour = await sandboxes.start();
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  describe.each([
    ['a learner', false],
    ['root in a sandbox', true],
  ])('%s', (_who, root) => {
    test.each([
      'dmesg',
      'cat /dev/kmsg',
      'cat /dev/mem',
      'cat /proc/kmsg',
      'head -c 64 /proc/kcore',
      'cat /proc/keys',
      'cat /proc/timer_list',
      'cat /proc/sched_debug',
      'cat /proc/slabinfo',
      'cat /proc/interrupts',
      'head -c 64 /proc/kpagecount',
      'cat /proc/vmallocinfo',
      'cat /sys/kernel/debug/sched/debug',
      'cat /sys/firmware/dmi/tables/smbios_entry_point',
      'ls -A /sys/kernel /sys/firmware | grep -v :$',
      "awk '$1 !~ /^0+$/' /proc/kallsyms | head -3",
    ])('reads nothing by `%s`', async (command) => {
      const { out } = await sandboxes.run(id, `timeout 5 ${command} 2>/dev/null`, { root });
      expect(out.trim()).toBe('');
    });

    test('changes nothing of the kernel’s', async () => {
      const files = ['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/hostname', '/proc/sys/vm/drop_caches'];
      const before = files.slice(0, 2).map((path) => readFileSync(path, 'utf8'));
      const writes = [
        ...files,
        '/proc/sysrq-trigger',
        '/proc/irq/default_smp_affinity',
        '/proc/sys/net/ipv4/ip_forward',
        '/proc/sys/fs/binfmt_misc/register',
        '/proc/mtrr',
        '/proc/self/attr/current',
        '/proc/1/oom_score_adj',
        '/sys/kernel/uevent_helper',
        '/sys/kernel/mm/transparent_hugepage/enabled',
        '/sys/power/state',
        '/sys/block/loop0/queue/read_ahead_kb',
        '/sys/module/kernel/parameters/panic',
      ];
      // The shell's own refusal to open is what counts: a file that could be written would be changed by this.
      const script = writes.map((path) => `(echo '|/tmp/x' > ${path}) 2>/dev/null && echo ${path}`).join('\n');
      const { out } = await sandboxes.run(id, `${script}\ntrue`, { root });
      expect(out).toBe('');
      expect(files.slice(0, 2).map((path) => readFileSync(path, 'utf8'))).toEqual(before);
    });

    test('finds no file in /sys or /proc/sys that can be written', async () => {
      // Root passes the kernel's permission bits; a read-only mount is what keeps it out, and `-writable` knows that.
      const find = `find /sys /proc/sys -writable ! -type l 2>/dev/null | grep -v '^/sys/fs/cgroup$'; true`;
      const { out } = await sandboxes.run(id, find, { root });
      expect(out).toBe('');
    });
  });

  test('no sandbox tells which others there are, nor where the host keeps them', async () => {
    const script = `
      cat /sys/block/*/loop/backing_file /sys/devices/virtual/block/*/loop/backing_file
      cat /proc/self/mountinfo /proc/mounts /proc/swaps /proc/self/cgroup /proc/1/cgroup /proc/net/unix /proc/locks
      true`;
    const { out } = await sandboxes.run(id, script, { root: true });
    expect(out).toContain(' / / ');
    expect(out).not.toContain(neighbour);
    expect(out).not.toContain('/sandboxes/');
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ATTACKERS, startWithEngine } from '../support/engine-attacker.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

// In a sandbox with an engine /proc and /sys are whole, and root in there has every capability: what the kernel itself
// refuses to one who is root in a user namespace is all that is left.

/** They act on all of the host. */
const HOSTS_OWN = [
  '/proc/sys/kernel/core_pattern',
  '/proc/sys/kernel/modprobe',
  '/proc/sys/kernel/panic',
  '/proc/sys/kernel/printk',
  '/proc/sys/kernel/pty/max',
  '/proc/sys/kernel/randomize_va_space',
  '/proc/sys/kernel/unprivileged_bpf_disabled',
  '/proc/sys/vm/overcommit_memory',
  '/proc/sys/vm/panic_on_oom',
  '/proc/sys/fs/file-max',
  '/proc/sys/fs/suid_dumpable',
  '/proc/sys/fs/protected_symlinks',
  '/proc/sys/fs/inotify/max_user_instances',
  '/proc/sys/net/core/rmem_max',
  '/sys/kernel/mm/transparent_hugepage/enabled',
  '/sys/kernel/uevent_helper',
  '/sys/kernel/profiling',
];
const WRITE_ONLY = [
  '/proc/sysrq-trigger',
  '/proc/sys/vm/drop_caches',
  '/proc/sys/vm/compact_memory',
  '/proc/irq/default_smp_affinity',
  '/proc/mtrr',
  '/proc/kmsg',
  '/sys/power/state',
  '/sys/kernel/debug/x',
  '/sys/block/loop0/queue/read_ahead_kb',
  '/sys/block/loop0/uevent',
  '/sys/devices/system/cpu/cpu1/online',
  '/sys/kernel/cgroup/delegate',
  '/sys/fs/ext4/loop0/trigger_fs_error',
  '/sys/module/kernel/parameters/panic',
];

const SECRETS = [
  '/dev/kmsg',
  '/dev/mem',
  '/proc/kmsg',
  '/proc/kcore',
  '/proc/timer_list',
  '/proc/slabinfo',
  '/proc/vmallocinfo',
  '/proc/sched_debug',
  '/proc/kpagecount',
  '/proc/1/mountinfo.host',
  '/sys/kernel/debug/sched/debug',
  '/sys/kernel/tracing/trace',
  '/sys/firmware/dmi/tables/DMI',
  '/sys/kernel/vmcoreinfo.host',
];

let sandboxes: RealSandboxes;
let id: string;
let neighbour: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await startWithEngine(sandboxes);
  neighbour = await startWithEngine(sandboxes);
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

describe.each(ATTACKERS)('%s', (_who, attack) => {
  test('changes nothing of the kernel’s', async () => {
    const before = HOSTS_OWN.map(read);
    expect(before.filter((each) => each !== undefined).length).toBeGreaterThan(8);
    const { out } = await attack(
      sandboxes,
      id,
      `busybox mkdir -p /tmp/proc /tmp/sys; busybox mount -t proc x /tmp/proc 2>/dev/null; busybox mount -t sysfs x /tmp/sys 2>/dev/null
       busybox mount -o remount,rw /proc 2>/dev/null; busybox mount -o remount,rw /sys 2>/dev/null
       for f in ${[...HOSTS_OWN, ...WRITE_ONLY].join(' ')}; do for top in "" /host /tmp; do
         [ -e $top$f ] && (echo 1 > $top$f) 2>/dev/null && echo "wrote $top$f"
       done; done; echo tried`,
    );
    expect(out).toBe('tried\n');
    expect(HOSTS_OWN.map(read)).toEqual(before);
  });

  test('reads none of the kernel’s secrets', async () => {
    const { out } = await attack(
      sandboxes,
      id,
      `for f in ${SECRETS.join(' ')}; do for top in "" /host; do
         busybox timeout 2 busybox head -c 64 $top$f 2>/dev/null | busybox grep -q . && echo "read $top$f"
       done; done
       busybox dmesg 2>/dev/null | busybox head -1; busybox grep -v "^0* " /proc/kallsyms | busybox head -1; echo tried`,
    );
    expect(out).toBe('tried\n');
  });

  test('sees no key, disk or path of a neighbour’s', async () => {
    const { out } = await attack(
      sandboxes,
      id,
      `busybox cat /proc/keys /proc/self/mountinfo /proc/1/mountinfo /sys/block/*/loop/backing_file /proc/locks /proc/net/unix /proc/1/environ /proc/1/cgroup 2>/dev/null; echo tried`,
    );
    expect(out).toContain('tried\n');
    expect(out).not.toContain(neighbour);
    expect(out).not.toContain('/sandboxes/');
  });
});

/** Numbers of add_key, keyctl and their arguments: the user's keyring, JOIN_SESSION_KEYRING, UNLINK. */
const [ADD_KEY, KEYCTL, USER_KEYRING, JOIN, UNLINK] = [248, 250, -4, 1, 9];

test.runIf(process.arch === 'x64' && existsSync('/proc/keys'))(
  'keys of the host and of a neighbour are not shown to root in a sandbox, nor to a container of any kind',
  async () => {
    const add = `my ($t, $n, $v) = ("user", "key-of-the-host", "x"); print syscall(${ADD_KEY}, $t, $n, $v, 1, ${USER_KEYRING})`;
    const key = Number(execFileSync('perl', ['-e', add], { encoding: 'utf8' }));
    const join = `my $n = "keys-of-a-neighbour"; syscall(${KEYCTL}, ${JOIN}, $n) > 0 or die $!; open(my $f, ">", "/tmp/joined"); sleep 20`;
    const neighbours = sandboxes.run(neighbour, `perl -e '${join}'`, { root: true }).catch(() => undefined);
    try {
      await expect.poll(async () => (await sandboxes.run(neighbour, 'ls /tmp/joined')).out).not.toBe('');
      expect((await sandboxes.run(neighbour, 'cat /proc/keys; exit 0', { root: true })).out).not.toContain(
        'key-of-the-host',
      );
      expect(readFileSync('/proc/keys', 'utf8')).toContain('key-of-the-host');
      for (const [who, attack] of ATTACKERS) {
        const { out } = await attack(sandboxes, id, 'busybox cat /proc/keys /proc/key-users; echo looked');
        expect(out, who).toContain('looked');
        expect(out, who).not.toMatch(/key-of-the-host|keys-of-a-neighbour/);
      }
    } finally {
      execFileSync('perl', ['-e', `syscall(${KEYCTL}, ${UNLINK}, ${key}, ${USER_KEYRING})`]);
      await sandboxes.run(neighbour, 'pkill perl', { root: true });
      await neighbours;
    }
  },
);

test('what root in a sandbox may write in /sys and /proc/sys belongs to its own namespaces', async () => {
  const { out } = await sandboxes.run(
    id,
    `find /sys /proc/sys -type f -not -path '/sys/fs/cgroup/*' -writable 2>/dev/null | while read f; do (: >> $f) 2>/dev/null && echo $f; done`,
    { root: true, timeoutMs: 60_000 },
  );
  const own = [
    /^\/sys\/devices\/virtual\/net\//,
    /^\/proc\/sys\/net\//,
    /^\/proc\/sys\/user\/max_/,
    /^\/proc\/sys\/fs\/mqueue\//,
    // System V's and the process numbers of the sandbox's own.
    /^\/proc\/sys\/kernel\/(?:auto_msgmni|msg\w+|sem\w*|shm\w+|ns_last_pid|pid_max)$/,
  ];
  const open = out.trim().split('\n');
  expect(open).toContain('/proc/sys/net/ipv4/ip_forward');
  expect(open.filter((path) => !own.some((pattern) => pattern.test(path)))).toEqual([]);
});

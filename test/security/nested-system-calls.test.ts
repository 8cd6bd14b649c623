import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attack, putAttacker, putProgram } from '../support/attacker.ts';
import { callsByInterrupt } from '../support/elf32.ts';
import { BOX, MIGHTY, startWithEngine } from '../support/engine-attacker.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await startWithEngine(sandboxes);
  await putAttacker(sandboxes, id);
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** What an engine is made of. Each of them acts on namespaces of the sandbox's own; a number that the kernel takes as such. */
const OF_AN_ENGINE = [
  'chroot',
  'clone user',
  'mount',
  'packet socket',
  'pivot_root',
  'raw socket',
  'setdomainname',
  'sethostname',
  'setns',
  'umount2',
  'unshare mount',
  'unshare net',
  'unshare user',
];

/** Names of what was answered with anything else than "no" or "there is no such call". */
const served = (answers: Record<string, unknown>) =>
  Object.keys(answers)
    .filter((name) => answers[name] !== 'EPERM' && answers[name] !== 'ENOSYS')
    .sort();

async function inContainer(options: string): Promise<Record<string, unknown>> {
  const script = `docker run --rm --tmpfs /tmp ${options} -v /tmp/attacker:/attacker ${BOX} /attacker system-calls 0`;
  const answers = JSON.parse((await sandboxes.run(id, script)).out) as Record<string, unknown>;
  // A root directory of its own making has no /tmp to make it in; engine-host-view.test.ts tries it elsewhere.
  if (answers['mknod'] === 'no such file or directory') delete answers['mknod'];
  return answers;
}

test('root in a sandbox with an engine is served what an engine needs, and no other call that reaches beyond', async () => {
  const answers = await attack(sandboxes, id, 'system-calls', { root: true });
  expect(Object.keys(answers).length).toBeGreaterThan(50);
  expect(served(answers).filter((name) => !OF_AN_ENGINE.includes(name))).toEqual([]);
});

test('the learner, who can become root, is served no more', async () => {
  expect(served(await attack(sandboxes, id, 'system-calls')).filter((name) => !OF_AN_ENGINE.includes(name))).toEqual(
    [],
  );
});

describe.each([
  ['a container', ''],
  ['a privileged container', '--privileged'],
  ['a container without a filter of its own', '--cap-add ALL --security-opt seccomp=unconfined'],
  ['a container that is given all of its host', MIGHTY],
])('%s', (_what, options) => {
  test('is served no more than root in the sandbox', async () => {
    const answers = await inContainer(options);
    expect(Object.keys(answers).length).toBeGreaterThan(50);
    expect(served(answers).filter((name) => !OF_AN_ENGINE.includes(name))).toEqual([]);
  });
});

test('an ordinary container keeps the engine’s own filter and capabilities', async () => {
  const answers = await inContainer('');
  expect(served(answers).filter((name) => /mount|unshare|setns|pivot_root|clone/.test(name))).toEqual([]);
});

// Numbers of the 32-bit x86 table, which a 64-bit kernel serves as well.
const CALLS_32: Record<string, [number, ...number[]]> = {
  reboot: [88, 0, 0, 0],
  swapon: [87, 0, 0],
  syslog: [103, 10, 0, 0],
  vm86: [166, 0, 0],
  vm86old: [113, 0],
  nfsservctl: [169, 0, 0, 0],
  init_module: [128, 0, 0, 0],
  quotactl: [131, 0, 0, 0, 0],
  lookup_dcookie: [253, 0, 0, 0],
  stime: [25, 0],
  kexec_load: [283, 0, 0, 0, 0],
  add_key: [286, 0, 0, 0, 0, 0],
  request_key: [287, 0, 0, 0, 0],
  'keyctl: link': [288, 8, 0, 0],
  perf_event_open: [336, 0, 0, -1, -1, 0],
  open_by_handle_at: [342, -1, 0, 0],
  finit_module: [350, -1, 0, 0],
  bpf: [357, 0, 0, 0],
  userfaultfd: [374, 0],
  clock_settime: [264, 0, 0],
  io_uring_setup: [425, 1, 0],
  open_tree: [428, -1, 0, 1],
  fsopen: [430, 0, 0],
  clone3: [435, 0, 0],
};
const SOCKETS_32: Record<string, [number, number, number]> = {
  'vsock by socketcall': [40, 1, 0],
  'alg socket by socketcall': [38, 5, 0],
};

test.runIf(process.arch === 'x64')('a 32-bit program of root’s gets no further', async () => {
  const { program, names } = callsByInterrupt(CALLS_32, SOCKETS_32);
  await putProgram(sandboxes, id, '/tmp/calls32', program);
  const { out, err } = await sandboxes.run(id, '/tmp/calls32 | od -An -v -tu1', { root: true });
  const errnos = out.trim().split(/\s+/).filter(Boolean).map(Number);
  // Nothing: the kernel runs no 32-bit program here, or the filter ended it at its first call. Both are a refusal.
  if (errnos.length === 0) return void expect(err).toMatch(/exec format|bad system call|cannot execute/i);
  expect(errnos).toHaveLength(names.length);
  const [EPERM, ENOSYS] = [1, 38];
  expect(names.filter((_, index) => errnos[index] !== EPERM && errnos[index] !== ENOSYS)).toEqual([]);
});

// The kernel counts keys against no control group but for each id, of which a sandbox has 65,536.
test.runIf(process.arch === 'x64')(
  'root can keep no keys, but for a session keyring that ends with its processes',
  async () => {
    const script = `perl -e 'for my $op (0 .. 40) { $! = 0; syscall(250, $op, -4, 0, 0, 0); print "$op\\n" if $! != 1 && $! != 38 }'`;
    const { out } = await sandboxes.run(id, script, { root: true });
    expect(out.trim().split('\n')).toEqual(['1', '5', '6']);
  },
);

// They are ioctls, which no filter sees; the kernel asks who owns the file system, and that is the host.
test.runIf(process.arch === 'x64')(
  'root can neither freeze, end, resize, trim nor rename the file systems that it is given',
  async () => {
    const script = `perl -e '
    my %calls = (freeze => 0xC0045877, shutdown => 0x8004587D, trim => 0xC0185879, resize => 0x40086610,
      immutable => 0x40086602, identity => 0x4008662C, label => 0x41009432, checkpoint => 0x4004662B, grow => 0x40286608);
    for my $place ("/", "/var/lib/docker", "/dev/slipway-init", "/dev/null", "/etc/hostname", "/proc", "/sys") {
      for my $name (sort keys %calls) {
        open(my $file, "<", $place) or next;
        my $argument = pack("L8", $name eq "immutable" ? 16 : 0, (0) x 7) . ("\\0" x 512);
        $argument = pack("Q3", 0, 1 << 30, 0) if $name eq "trim";
        print "$name of $place\\n" if defined ioctl($file, $calls{$name}, $argument);
      }
    } print "tried\\n"'`;
    const { out } = await sandboxes.run(id, script, { root: true });
    expect(out).toBe('tried\n');
  },
);

import { afterAll, beforeAll, expect, test } from 'vitest';
import { attack, putAttacker, putProgram } from '../support/attacker.ts';
import { callsByInterrupt } from '../support/elf32.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
  await putAttacker(sandboxes, id);
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** What was answered with anything else than "no" or "there is no such call". */
const allowed = (answers: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== 'EPERM' && answer !== 'ENOSYS'));

test('a learner is refused each system call that reaches beyond the sandbox', async () => {
  const answers = await attack(sandboxes, id, 'system-calls');
  expect(Object.keys(answers).length).toBeGreaterThan(50);
  expect(allowed(answers)).toEqual({});
});

test('root in a sandbox is refused them too, but for a change of its root directory', async () => {
  const answers = await attack(sandboxes, id, 'system-calls', { root: true });
  expect(allowed(answers)).toEqual({ chroot: 'allowed' });
});

// Numbers of the 32-bit x86 table, which a 64-bit kernel serves as well.
const CALLS_32: Record<string, [number, ...number[]]> = {
  mount: [21, 0, 0, 0, 0],
  umount2: [52, 0, 0],
  reboot: [88, 0, 0, 0],
  syslog: [103, 10, 0, 0],
  'clone user': [120, 0x10000011, 0],
  init_module: [128, 0, 0, 0],
  pivot_root: [217, 0, 0],
  kexec_load: [283, 0, 0, 0, 0],
  add_key: [286, 0, 0, 0, 0, 0],
  keyctl: [288, 0, 0],
  unshare: [310, 0x10000000],
  perf_event_open: [336, 0, 0, -1, -1, 0],
  open_by_handle_at: [342, -1, 0, 0],
  setns: [346, -1, 0],
  bpf: [357, 0, 0, 0],
  userfaultfd: [374, 0],
  io_uring_setup: [425, 1, 0],
  open_tree: [428, -1, 0, 1],
  fsopen: [430, 0, 0],
  clone3: [435, 0, 0],
  'raw socket': [359, 2, 3, 1],
  vsock: [359, 40, 1, 0],
  'alg socket': [359, 38, 5, 0],
};
/** Sockets through the old call that hides what it asks for behind a pointer. */
const SOCKETS_32: Record<string, [number, number, number]> = {
  'vsock by socketcall': [40, 1, 0],
  'alg socket by socketcall': [38, 5, 0],
  'raw socket by socketcall': [2, 3, 1],
};

test.runIf(process.arch === 'x64')('a 32-bit program gets no further than a 64-bit one', async () => {
  const { program, names } = callsByInterrupt(CALLS_32, SOCKETS_32);
  await putProgram(sandboxes, id, '/tmp/calls32', program);
  const { out, err } = await sandboxes.run(id, '/tmp/calls32 | od -An -v -tu1; echo $?');
  const errnos = out.trim().split(/\s+/).map(Number).slice(0, -1);
  // Nothing: the kernel runs no 32-bit program here, or the filter ended it at its first call. Both are a refusal.
  if (errnos.length === 0) return void expect(err).toMatch(/exec format|bad system call|cannot execute/i);
  expect(errnos).toHaveLength(names.length);
  const answers = Object.fromEntries(names.map((name, index) => [name, errnoName(errnos[index]!)]));
  expect(allowed(answers)).toEqual({});
});

function errnoName(errno: number): string {
  // An errno is at most 133; a descriptor that was given looks like a large one.
  if (errno === 0 || errno > 133) return 'allowed';
  return { 1: 'EPERM', 38: 'ENOSYS' }[errno] ?? `errno ${errno}`;
}

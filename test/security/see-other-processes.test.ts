import { readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askInit } from '../../sandbox-server/sandbox/init/ask.ts';
import { initOf } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let id: string;
let neighbour: string;
let withEngine: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
  neighbour = await sandboxes.start();
  withEngine = await sandboxes.start(sandboxes.specOf('containers'));
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('every kind of namespace is the sandbox’s own', () => {
  const inits = [id, neighbour, withEngine].map((each) => initOf(sandboxes, each));
  for (const kind of ['pid', 'net', 'ipc', 'mnt', 'uts', 'user', 'cgroup']) {
    const namespaces = [...inits, process.pid].map((pid) => readlinkSync(`/proc/${pid}/ns/${kind}`));
    expect(new Set(namespaces).size, kind).toBe(4);
  }
});

describe.each([
  ['a learner', () => id, false],
  ['root in a sandbox', () => id, true],
  ['root in a sandbox with an engine', () => withEngine, true],
])('%s', (_who, where, root) => {
  test('sees init and what it started itself', async () => {
    const { out } = await sandboxes.run(where(), 'for p in /proc/[0-9]*; do cat $p/comm; done 2>/dev/null | sort -u', {
      root,
    });
    expect(
      out
        .trim()
        .split('\n')
        .filter((name) => !['bash', 'cat', 'sort', 'slipway-init'].includes(name)),
    ).toEqual([]);
  });

  test('ends nothing but its own by a signal to everybody', async () => {
    const other = await TestTerminal.open(sandboxes.driver, neighbour, 'main');
    const own = await TestTerminal.open(sandboxes.driver, where(), root ? 'second' : 'main');
    await own.shows(/\$ /);
    const { out } = await sandboxes.run(
      where(),
      `for pid in $(seq 1 999) ${process.pid} ${process.ppid}; do
         kill -0 $pid 2>/dev/null && [ ! -d /proc/$pid ] && echo "reached $pid"
       done
       kill -9 -1`,
      { root },
    );
    expect(out).toBe('');
    await own.hears('exited');
    expect(await askInit(await sandboxes.driver.connect(where()), { op: 'status' }, 5000)).toMatchObject({ ok: true });
    other.type('echo still-$((1+1))\n');
    await other.shows(/still-2\r\n/);
    other.close();
  });

  test('sees no message queue, semaphore or shared memory of a neighbour’s or the host’s', async () => {
    await sandboxes.run(neighbour, 'ipcmk -M 4096 -S 1 -Q; touch /dev/shm/theirs');
    const { out } = await sandboxes.run(where(), 'ipcs | grep -c ^0x; ls /dev/shm /dev/mqueue | grep -v :', { root });
    expect(out.trim()).toBe('0');
  });

  test('does not change the host’s name', async () => {
    const before = readFileSync('/proc/sys/kernel/hostname', 'utf8');
    const { out } = await sandboxes.run(where(), 'hostname taken; hostname', { root });
    // With an engine the name is root's to change, in the sandbox's own namespace.
    expect(out).toBe(where() === withEngine ? 'taken\n' : 'slip\n');
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).toBe(before);
  });
});

test.each(['STOP', 'KILL', 'TERM', 'QUIT', 'SEGV', 'ABRT', 'HUP', 'USR1'])(
  'no learner stops init by SIG%s',
  async (signal) => {
    const { err } = await sandboxes.run(id, `kill -${signal} 1`);
    expect(err).toContain('Operation not permitted');
    expect(await askInit(await sandboxes.driver.connect(id), { op: 'status' }, 5000)).toMatchObject({ ok: true });
  },
);

test('nor does root in a sandbox with an engine', async () => {
  for (const signal of ['STOP', 'KILL', 'TERM', 'QUIT', 'HUP', 'USR1', 'INT', 'ABRT', 'SEGV', 'TRAP', 'RTMAX']) {
    await sandboxes.run(withEngine, `kill -${signal} 1`, { root: true });
    const answer = await askInit(await sandboxes.driver.connect(withEngine), { op: 'status' }, 5000);
    expect(answer, signal).toMatchObject({ ok: true });
  }
});

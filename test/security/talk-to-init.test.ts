import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initSocket } from '../../sandbox-server/sandbox/oci/supervisor/paths.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let id: string;
let withEngine: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
  withEngine = await sandboxes.start(sandboxes.specOf('containers'));
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** By title: profile standard, and profile containers. */
const EITHER: [title: string, where: () => string][] = [
  ['a sandbox', () => id],
  ['a sandbox with an engine', () => withEngine],
];

test.each(EITHER)('the socket of init has no path in %s, and no name', async (_what, where) => {
  const { out } = await sandboxes.run(
    where(),
    `find / -xdev -type s 2>/dev/null; cat /proc/net/unix | tail -n +2; ls ${initSocket(sandboxes.config.run, where())} 2>/dev/null
     find / -name 'init.sock' 2>/dev/null; true`,
    { root: true },
  );
  // The engine's own, which init holds until somebody connects.
  expect(out.split('\n').filter((line) => line !== '' && !line.endsWith(' /run/docker.sock'))).toEqual([]);
});

test.each(EITHER)('a learner in %s looks into nothing of init’s, and changes nothing of it', async (_what, where) => {
  const { out } = await sandboxes.run(
    where(),
    `for f in environ maps mem auxv stack syscall io fd/3 fdinfo/3 map_files root/etc cwd exe; do
       (head -c 1 /proc/1/$f || ls /proc/1/$f/) > /tmp/got 2>/dev/null; [ -s /tmp/got ] && echo "read $f"
     done
     for f in mem oom_score_adj oom_adj clear_refs coredump_filter comm sched timerslack_ns attr/exec; do
       (echo 0 > /proc/1/$f) 2>/dev/null && echo "wrote $f"
     done
     prlimit --pid 1 --nofile=1 && echo limited; renice 19 -p 1 > /dev/null && echo reniced; taskset -p 1 1 > /dev/null && echo pinned
     chrt -i -p 0 1 && echo idle; ionice -c 3 -p 1 && echo ionice; choom -p 1 -n 1000 && echo choom`,
  );
  expect(out).toBe('');
});

test.each(EITHER)(
  'init of %s keeps no variable and no argument that tells where the host keeps things',
  async (_what, where) => {
    const { out } = await sandboxes.run(where(), `tr '\\0' '\\n' < /proc/1/environ; tr '\\0' '\\n' < /proc/1/cmdline`, {
      root: true,
    });
    const lines = out.trim().split('\n');
    expect(
      lines.filter(
        (line) =>
          !/^(?:LISTEN_FDS=\d|SLIPWAY_PROFILE=\w+|SLIPWAY_ENGINE_IDLE_MS=\d+|HOME=\/root|\/dev\/slipway-init|init)$/.test(
            line,
          ),
      ),
    ).toEqual([]);
  },
);

test.each(EITHER)(
  'a program started as the learner of %s has a clean environment, whatever the image or the learner left',
  async (_what, where) => {
    await sandboxes.run(
      where(),
      `echo 'export LD_PRELOAD=/tmp/evil.so FOO=bar PATH=/tmp' | tee -a ~/.bashrc ~/.profile ~/.bash_profile > /dev/null
     mkdir -p ~/.ssh && echo 'FOO=bar' > ~/.ssh/environment`,
    );
    const { out } = await sandboxes.run(where(), 'exec env');
    const names = out
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.filter((name) => !['_', 'PWD', 'SHLVL', 'OLDPWD'].includes(name!)).sort()).toEqual(
      ['HOME', 'LANG', 'LOGNAME', 'PATH', 'SHELL', 'USER'].sort(),
    );
    expect(out).toContain('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n');
  },
);

describe('a learner’s files in the places that init reads', () => {
  // Where the runtime leaves a place writable, a learner can put a pipe there: who opens it, waits for ever.
  const PLACES = [
    '/sys/fs/cgroup/memory.events',
    '/sys/fs/cgroup/pids.events',
    '/sys/fs/cgroup/memory.oom_control',
    '/dev/ptmx',
    '/etc/passwd',
  ];

  test.each([
    ['crun', 'standard'],
    ['runc', 'standard'],
    ['crun', 'containers'],
  ] as const)(
    'hold up neither the terminals that are open nor those that are opened, under %s, profile %s',
    async (runtime, profile) => {
      await using own = await RealSandboxes.open({ runtime });
      const sandbox = await own.start(own.specOf(profile));
      const before = await TestTerminal.open(own.driver, sandbox, 'main');
      await own.run(sandbox, PLACES.map((path) => `mkfifo ${path}`).join('; '));
      for (const round of [1, 2]) {
        before.type(`sleep 0.7; echo round-$((${round}))\n`);
        await before.shows(new RegExp(`round-${round}\r\n`), 5000);
      }
      const after = await TestTerminal.open(own.driver, sandbox, 'second');
      after.type('sleep 0.7; echo new-$((1))\n');
      await after.shows(/new-1\r\n/, 5000);
    },
  );
});

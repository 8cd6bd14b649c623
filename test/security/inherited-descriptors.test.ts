import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInSandbox } from '../../sandbox-server/sandbox/init/ask.ts';
import { attack, putAttacker } from '../support/attacker.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

/** What a learner's process may have open: nothing of these is a way to a file of the host's. */
const HARMLESS = /^(?:pipe:\[\d+\]|socket:\[\d+\]|anon_inode:\S+|\/dev\/pts\/\d+)$/;

/** Folders of the sandbox's own that process 1 has open, and that its root can reach anyhow. */
const HELD = ['/proc', '/var/lib/docker'];

// CVE-2024-21626: a descriptor of the host's file system that leaks into a container is a way out.
describe.each([
  ['crun', 'standard'],
  ['crun', 'containers'],
  ['runc', 'standard'],
  ['runc', 'containers'],
] as const)('under %s, profile %s', (runtime, profile) => {
  let sandboxes: RealSandboxes;
  let id: string;

  beforeAll(async () => {
    sandboxes = await RealSandboxes.open({ runtime });
    id = await sandboxes.start(sandboxes.specOf(profile));
    await putAttacker(sandboxes, id);
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  test.each([
    ['a command of the learner’s', false],
    ['a command of root’s', true],
  ])('%s has three pipes and nothing else', async (_who, root) => {
    const { files } = (await attack(sandboxes, id, 'descriptors', { root })) as { files: Record<string, string> };
    expect(Object.keys(files)).toEqual(['0', '1', '2']);
    expect(Object.values(files).filter((target) => !/^pipe:\[\d+\]$/.test(target))).toEqual([]);
  });

  test('a program in a terminal has the terminal and nothing else', async () => {
    const terminal = await TestTerminal.open(sandboxes.driver, id, 'main');
    terminal.type('/tmp/attacker descriptors | cat\n');
    await terminal.shows(/"directory":"[^"]*"[^]*\}\r\n/);
    const line = /\{"directory".*\}/.exec(terminal.text)![0];
    const { files, directory } = JSON.parse(line) as { files: Record<string, string>; directory: string };
    expect(directory).toBe('/home/learner');
    expect(Object.values(files).filter((target) => !HARMLESS.test(target))).toEqual([]);
    expect(Object.keys(files)).toEqual(['0', '1', '2']);
    terminal.close();
  });

  test.each(['/proc/self/fd/', '/proc/1/fd/', '/proc/self/task/1/fd/'])(
    'a working directory of %sN stays inside the root file system',
    async (prefix) => {
      for (let fd = 3; fd < 20; fd++) {
        for (const root of [false, true]) {
          const argv = ['sh', '-c', 'readlink /proc/self/cwd; cat /proc/self/mountinfo | wc -l'];
          const request = { op: 'exec', argv, root, cwd: `${prefix}${fd}`, timeoutMs: 5000 } as const;
          const { stdout } = await runInSandbox(await sandboxes.driver.connect(id), request);
          const own = root && prefix === '/proc/1/fd/' ? HELD : [];
          expect(['/', ...own]).toContain(stdout.toString().split('\n')[0]);
        }
      }
    },
  );
});

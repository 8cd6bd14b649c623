import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { expect, test } from 'vitest';
import { cgroup2In } from '../../sandbox-server/sandbox/oci/supervisor/host-tables.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

const now = () => cgroup2In(readFileSync('/proc/self/mountinfo', 'utf8'));
/** It came with Linux 6.0. */
const knows = Number(release().split('.')[0]) >= 6;
const why = !knows ? `Linux ${release()} cannot` : !now() ? 'no control groups of version 2 are mounted here' : '';

test.skipIf(why !== '')(
  `a supervisor has the kernel favour moves between control groups, and leaves the other options${why && `: ${why}`}`,
  async () => {
    const before = now()!;
    await using _sandboxes = await RealSandboxes.open();
    const { path, options } = now()!;
    expect(path).toBe(before.path);
    expect(options).toContain('favordynmods');
    expect(options).toEqual(expect.arrayContaining(before.options));
  },
);

test('the mount is told from others', () => {
  const lines = [
    '22 1 0:20 / /sys/fs/cgroup/pids rw,relatime shared:3 - cgroup cgroup rw,pids',
    '23 1 0:21 / /sys/fs/cgroup/unified rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot',
  ];
  expect(cgroup2In(lines.join('\n'))).toEqual({
    path: '/sys/fs/cgroup/unified',
    options: ['rw', 'nsdelegate', 'memory_recursiveprot'],
  });
  expect(cgroup2In(lines[0]!)).toBeUndefined();
});

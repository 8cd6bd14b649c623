import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RealSandboxes } from '../support/sandboxes.ts';

const ROOT = '/sys/fs/cgroup';

describe.each(['crun', 'runc'] as const)('under %s', (runtime) => {
  let sandboxes: RealSandboxes;
  let id: string;

  beforeAll(async () => {
    sandboxes = await RealSandboxes.open({ runtime });
    id = await sandboxes.start();
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  /** The sandbox's limits as the host sees them, and what the kernel would run on a release. */
  function limits(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const controller of readdirSync(ROOT)) {
      for (const dir of ['', id, `${id}/learner`, `${id}/init`]) {
        for (const file of [
          'memory.limit_in_bytes',
          'memory.max',
          'pids.max',
          'cpu.max',
          'cpu.cfs_quota_us',
          'release_agent',
          'notify_on_release',
          'cgroup.subtree_control',
        ]) {
          const path = join(ROOT, controller, dir === '' ? '' : join(sandboxes.config.cgroup, dir), file);
          if (existsSync(path)) found[path] = readFileSync(path, 'utf8');
        }
      }
    }
    return found;
  }

  describe.each([
    ['a learner', false],
    ['root in a sandbox', true],
  ])('%s', (_who, root) => {
    test('writes no control file, makes no group, and mounts nothing anew', async () => {
      const before = limits();
      expect(Object.keys(before).length).toBeGreaterThan(3);
      const { out } = await sandboxes.run(
        id,
        `for f in $(find /sys/fs/cgroup -type f); do
           (echo 1 > "$f") 2>/dev/null && echo "wrote $f"
         done
         for d in $(find /sys/fs/cgroup -mindepth 1 -type d) $(ls -d /sys/fs/cgroup/cgroup.procs 2>/dev/null && echo /sys/fs/cgroup); do
           mkdir "$d/mine" 2>/dev/null && echo "made $d/mine"
         done
         mount -o remount,rw /sys/fs/cgroup && echo remounted
         mkdir -p /tmp/cg && mount -t cgroup -o memory x /tmp/cg && echo mounted
         mount -t cgroup2 x /tmp/cg && echo mounted 2
         unshare -C true && echo unshared`,
        { root },
      );
      expect(out).toBe('');
      expect(limits()).toEqual(before);
    });

    test('sees its own group as the root of all, and no other', async () => {
      const { out } = await sandboxes.run(id, 'cat /proc/self/cgroup; find /sys/fs/cgroup -mindepth 2 -type d', {
        root,
      });
      expect(out).not.toContain(id);
      expect(out).not.toContain(sandboxes.config.cgroup);
      const groups = out.split('\n').filter((line) => /^\d+:/.test(line));
      expect(groups.filter((line) => !line.endsWith(':/'))).toEqual([]);
    });

    test('moves no process out of its limits', async () => {
      const { out } = await sandboxes.run(
        id,
        `for fd in /proc/1/fd/* /proc/self/fd/*; do (echo $$ > $fd) 2>/dev/null; done
         for path in /proc/1/root /proc/1/cwd; do ls $path/sys/fs/cgroup/memory/.. > /dev/null 2>&1; done
         cat /proc/self/cgroup`,
        { root },
      );
      const memory = out.split('\n').find((line) => /:memory:|^0::/.test(line));
      expect(memory).toMatch(/:\/$/);
      expect(out).not.toMatch(/\.\.\//);
    });
  });
});

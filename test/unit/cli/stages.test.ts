import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { digestOf, stampOf } from '../../../sandbox-server/cli/stages/digest.ts';
import { goModules } from '../../../sandbox-server/cli/stages/go-modules.ts';
import { recallChanges, rememberChanges } from '../../../sandbox-server/cli/stages/host-changes.ts';
import { recallInstances, rememberInstance } from '../../../sandbox-server/cli/stages/instances.ts';
import { findUser } from '../../../sandbox-server/cli/stages/system-user.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function tree(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'site/pages'), { recursive: true });
  writeFileSync(join(root, 'site/pages/index.astro'), 'one');
  return root;
}

describe('a stage runs again', () => {
  test.each<[string, (root: string) => void]>([
    ['when a file changes', (root) => writeFileSync(join(root, 'site/pages/index.astro'), 'other')],
    ['when a file comes', (root) => writeFileSync(join(root, 'site/new.ts'), '')],
    ['when a file goes', (root) => rmSync(join(root, 'site/pages/index.astro'))],
    ['when a link comes', (root) => symlinkSync('pages', join(root, 'site/link'))],
    ['when its whole input goes', (root) => rmSync(join(root, 'site'), { recursive: true })],
  ])('%s', (_, change) => {
    const root = tree();
    const before = digestOf(root, ['site']);
    change(root);
    expect(digestOf(root, ['site'])).not.toBe(before);
  });

  test('when it was killed half-way', () => {
    const root = tree();
    const stamp = stampOf(root, 'site');
    stamp.write('digest');
    expect(stamp.matches('digest')).toBe(true);
    stamp.remove();
    expect(stampOf(root, 'site').matches('digest')).toBe(false);
  });
});

test('a stage does not run again when nothing changed', () => {
  const root = tree();
  stampOf(root, 'site').write(digestOf(root, ['site']));
  expect(stampOf(root, 'site').matches(digestOf(root, ['site']))).toBe(true);
});

test('changes of the host are remembered over several starts, each once', () => {
  const data = temporaryFolder();
  rememberChanges(data, { packages: ['crun'], users: ['slipway'] });
  rememberChanges(data, { packages: ['crun', 'chromium'] });
  expect(recallChanges(data)).toEqual({ packages: ['crun', 'chromium'], users: ['slipway'] });
  expect(readFileSync(join(data, 'host-changes.json'), 'utf8')).toMatch(/\n$/);
});

test('the places of servers are remembered, those of one data folder while they exist', () => {
  const root = temporaryFolder();
  const run = temporaryFolder();
  const gone = join(run, 'gone');
  for (const instance of [
    { data: '/d', run: gone, cgroup: 'a' },
    { data: '/d', run, cgroup: 'a' },
    { data: '/d', run, cgroup: 'a' },
    { data: '/e', run: gone, cgroup: 'b' },
  ]) {
    rememberInstance(root, instance);
  }
  expect(recallInstances(root)).toEqual([
    { data: '/d', run, cgroup: 'a' },
    { data: '/e', run: gone, cgroup: 'b' },
  ]);
});

test('a user is found by its whole name', () => {
  const passwd =
    'root:x:0:0::/root:/bin/bash\nslipway2:x:7:8::/:/x\nslipway:x:998:997::/nonexistent:/usr/sbin/nologin\n';
  expect(findUser('slipway', passwd)).toEqual({ uid: 998, gid: 997 });
  expect(findUser('slip', passwd)).toBeUndefined();
});

test('the Go code of lessons is found wherever it lies, besides the native program', () => {
  const root = temporaryFolder();
  for (const folder of ['lessons/course/05-later/files/tool', 'lessons/course/04-first/files/deep/er/tool']) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'go.mod'), 'module tool\n');
  }
  expect(goModules(root)).toEqual([
    'sandbox-server/native',
    'lessons/course/04-first/files/deep/er/tool',
    'lessons/course/05-later/files/tool',
  ]);
});

test('multi-git is tested with the rest', () => {
  expect(goModules(join(import.meta.dirname, '../../..'))).toContain(
    'lessons/containers-and-docker/04-multi-git/files/multi-git',
  );
});

import { describe, expect, test } from 'vitest';

import { parseHierarchies } from '../../../sandbox-server/cli/doctor/cgroups.ts';
import { lack, ok } from '../../../sandbox-server/cli/doctor/finding.ts';
import { findOverlap, parseAccounts, parseSubids } from '../../../sandbox-server/cli/doctor/ids.ts';
import { judgeEngines, judgeMounts } from '../../../sandbox-server/cli/doctor/mounts.ts';
import { examineResolver } from '../../../sandbox-server/cli/doctor/network.ts';
import { sizeText } from '../../../sandbox-server/cli/doctor/probe.ts';
import { parseMeminfo, parseOpenFiles } from '../../../sandbox-server/cli/doctor/resources.ts';
import { isKernelNewEnough, parseOsRelease } from '../../../sandbox-server/cli/doctor/system.ts';
import { ofEverySandbox } from '../../../sandbox-server/sandbox/oci/supervisor/probe.ts';
import { table } from '../../../sandbox-server/cli/doctor/table.ts';

test.each([
  ['6.1.0-28-amd64', true],
  ['5.19.0', true],
  ['5.18.19', false],
  ['5.4.0-100-generic', false],
  ['10.0', true],
  ['nonsense', false],
])('kernel %s is new enough: %s', (version, expected) => {
  expect(isKernelNewEnough(version)).toBe(expected);
});

test.each([
  ['nameserver 127.0.0.53\noptions edns0', 'ok'],
  ['# nameserver 10.0.0.1\nnameserver 2001:db8::1\nnameserver 192.168.1.1', 'ok'],
  ['nameserver 2001:db8::1', 'lack'],
  ['', 'lack'],
])('resolvers %j are a %s to sandboxes with internet', (file, verdict) => {
  expect(examineResolver(file).verdict).toBe(verdict);
});

describe('control groups', () => {
  const unified = () => 'cpuset cpu io memory hugetlb pids';

  test('of version 2', () => {
    const { mode, controllers } = parseHierarchies('cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n', unified);
    expect(mode).toBe('v2');
    expect([...controllers.keys()].toSorted()).toEqual(['cpu', 'freezer', 'io', 'memory', 'pids']);
  });

  test('of version 1, two controllers on one hierarchy', () => {
    const mounts =
      'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n';
    const { mode, controllers } = parseHierarchies(mounts, unified);
    expect(mode).toBe('v1');
    expect(Object.fromEntries(controllers)).toEqual({
      cpu: '/sys/fs/cgroup/cpu,cpuacct',
      memory: '/sys/fs/cgroup/memory',
    });
  });

  test('of both versions', () => {
    const mounts = 'cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n';
    const { mode, controllers } = parseHierarchies(mounts, () => '');
    expect(mode).toBe('hybrid');
    expect([...controllers.keys()]).toEqual(['pids']);
  });

  test('that are not mounted', () => {
    expect(parseHierarchies('proc /proc proc rw 0 0\n', unified).mode).toBe('none');
  });
});

describe('host ids', () => {
  const subids = parseSubids('/etc/subuid', '# a comment\nalice:100000:65536\n\nbob:1879048000:65536\n');
  const accounts = parseAccounts('/etc/passwd', 'root:x:0:0::/root:/bin/sh\nldap:x:1879050000:1::/:/bin/sh\n');

  test('that meet a range of /etc/subuid are told with its line', () => {
    expect(findOverlap(1_879_048_192, 65_536, subids)?.where).toBe('/etc/subuid:4: bob');
  });

  test('that meet an account are told with its line', () => {
    expect(findOverlap(1_879_048_192, 65_536, accounts)?.where).toBe('/etc/passwd:2: ldap');
  });

  test('beside all ranges meet nothing', () => {
    expect(findOverlap(165_536, 65_536, subids)).toBeUndefined();
    expect(findOverlap(34_464, 65_536, subids)).toBeUndefined();
  });
});

test('a file system without idmapped mounts is told, with what helps', () => {
  const probed = { mountNamespace: { ok: true }, idmappedMount: { ok: false, error: 'invalid argument' } };
  const { verdict, found, mend } = judgeMounts(probed, '/srv');
  expect(verdict).toBe('lack');
  expect(found).toBe('idmappedMount: invalid argument');
  expect(mend).toContain('--data');
  expect(judgeMounts({ idmappedMount: { ok: true } }, '/srv').verdict).toBe('ok');
});

test('what an engine inside sandboxes lacks is a warning in words, and nothing for those without', () => {
  const fine = { nesting: true, nestedOverlay: true, nestedProc: true, bridge: true, veth: true, nat: true };
  const probed = Object.fromEntries(Object.entries(fine).map(([name, works]) => [name, { ok: works }]));
  expect(judgeEngines(probed)).toMatchObject({ verdict: 'ok' });
  const { verdict, found } = judgeEngines({ ...probed, bridge: { ok: false, error: 'operation not supported' } });
  expect(verdict).toBe('warn');
  expect(found).toBe('network bridges (module bridge): operation not supported');
  expect(judgeEngines({ mountNamespace: { ok: true } })).toMatchObject({
    verdict: 'warn',
    found: expect.stringContaining('namespaces inside a user namespace: not tried'),
  });
  expect(ofEverySandbox({ ...probed, loop: { ok: true } })).toEqual({ loop: { ok: true } });
});

test('facts are read from the kernel’s texts', () => {
  expect(parseOsRelease('ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')).toEqual({
    ID: 'debian',
    PRETTY_NAME: 'Debian GNU/Linux 12 (bookworm)',
  });
  expect(parseMeminfo('MemTotal:       24684092 kB\nSwapTotal:             8 kB\n')).toEqual({
    total: 24_684_092 * 1024,
    swap: 8192,
  });
  expect(parseOpenFiles('Max open files            1024                 20000                files\n')).toBe(20_000);
  expect(parseOpenFiles('Max open files            1024                 unlimited            files\n')).toBe(Infinity);
});

test('sizes read well', () => {
  expect([0, 900, 2048, 1.5 * 2 ** 30, 250 * 2 ** 30].map(sizeText)).toEqual([
    '0 B',
    '900 B',
    '2.0 KiB',
    '1.5 GiB',
    '250 GiB',
  ]);
});

test('the table has the mend below its lack', () => {
  const text = table([ok('Kernel', '6.1'), lack('Loop devices', 'missing', 'modprobe loop')], (_, plain) => plain);
  expect(text).toBe('  ✔ Kernel        6.1\n  ✖ Loop devices  missing\n                  → modprobe loop');
});

import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putAttacker } from '../support/attacker.ts';
import { ATTACKERS, BOX, MIGHTY, startWithEngine } from '../support/engine-attacker.ts';
import { idsOf } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

// What an engine calls its host, and gives to whoever asks, is the sandbox.
let sandboxes: RealSandboxes;
let id: string;
let canary: string;

beforeAll(async () => {
  canary = mkdtempSync(join(tmpdir(), 'slipway-canary-'));
  writeFileSync(join(canary, 'secret'), 'sings', { mode: 0o644 });
  sandboxes = await RealSandboxes.open();
  id = await startWithEngine(sandboxes);
});
afterAll(async () => {
  await sandboxes?.[Symbol.asyncDispose]();
  rmSync(canary, { recursive: true });
});

const inside = (script: string, options = MIGHTY) =>
  sandboxes.run(id, `docker run --rm ${options} ${BOX} /bin/busybox sh -c '${script}'`, { timeoutMs: 60_000 });

test('a container that is given the host’s files finds those of the sandbox', async () => {
  const { out } = await inside(
    `busybox cat /host/etc/hostname /host/proc/sys/kernel/hostname; busybox ls /host/home; busybox ls /host${canary}`,
  );
  expect(out).toMatch(/^(?:slip\n)+learner\n$/);
  const named = await sandboxes.run(
    id,
    `docker run --rm -v ${canary}:/canary -v ${sandboxes.config.paths.supervisorData}:/data ${BOX} /bin/busybox find /canary /data`,
  );
  expect(named.out).toBe('/canary\n/data\n');
  expect(readFileSync(join(canary, 'secret'), 'utf8')).toBe('sings');
});

test('a container that is given the host’s processes sees those of the sandbox, and signals no other', async () => {
  const { out } = await inside(
    `busybox cat /proc/1/comm; busybox ls /proc | busybox grep -c "^[0-9]*$"
     for pid in ${process.pid} ${process.ppid}; do [ -d /proc/$pid ] || kill -0 $pid 2>/dev/null && echo "reached $pid"; done; true`,
  );
  const [first, count, ...reached] = out.trim().split('\n');
  expect(first).toBe('slipway-init');
  expect(Number(count)).toBeLessThan(40);
  expect(Number(count)).toBeLessThan(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length);
  expect(reached).toEqual([]);
});

test('a container that is given the host’s network has that of the sandbox', async () => {
  let came = 0;
  const server = createServer((socket) => (came++, socket.destroy()));
  await once(server.listen(0, '::'), 'listening');
  const abstract = createServer((socket) => (came++, socket.destroy()));
  const { port } = server.address() as AddressInfo;
  await once(abstract.listen(`\0slipway-test-${port}`), 'listening');
  try {
    const { out } = await inside(
      `busybox ls /sys/class/net; for a in 127.0.0.1 172.17.0.1 0.0.0.0; do busybox nc -w 2 $a ${port} < /dev/null && echo "reached $a"; done
       busybox grep -c slipway-test /proc/net/unix; true`,
    );
    expect(out.replace(/^br-\w+\n/gm, '')).toBe('docker0\nlo\n0\n');
    expect(came).toBe(0);
  } finally {
    server.close();
    abstract.close();
  }
});

test('root in any container is the sandbox’s own id on the host', async () => {
  const { base, size } = idsOf(sandboxes, id);
  for (const options of ['', '--privileged', MIGHTY, '--userns host']) {
    const { out } = await inside('busybox cat /proc/self/uid_map /proc/self/gid_map', options);
    for (const line of out.trim().split('\n')) expect(line.trim().split(/\s+/).map(Number)).toEqual([0, base, size]);
  }
});

test('an engine hands out no device of the host’s', async () => {
  const disks = readdirSync('/sys/block').slice(0, 3);
  for (const name of [...disks, 'mem', 'kmsg', 'kvm', 'loop-control', 'port']) {
    const { status, err } = await sandboxes.run(id, `docker run --rm --device /dev/${name} ${BOX} /bin/busybox true`);
    expect(status, name).not.toBe(0);
    expect(err).toMatch(/no such file|not permitted|gathering device/i);
  }
});

// CVE-2024-21626: a descriptor of the host's file system that leaks into a container is a way out.
test('a container has no descriptor of the engine’s or of init’s, and works in no directory behind one', async () => {
  await putAttacker(sandboxes, id);
  const { out } = await sandboxes.run(
    id,
    `docker run --rm --privileged -v /tmp/attacker:/attacker ${BOX} /attacker descriptors
     for fd in 3 4 5 6 7 8 9 10; do
       docker run --rm -w /proc/self/fd/$fd ${BOX} /bin/busybox sh -c 'for up in . .. ../.. ../../../..; do busybox ls $up${canary}; done' 2>/dev/null
     done; true`,
    { timeoutMs: 60_000 },
  );
  const [line, ...rest] = out.trim().split('\n');
  const { files } = JSON.parse(line!) as { files: Record<string, string> };
  expect(Object.keys(files)).toEqual(['0', '1', '2']);
  expect(Object.values(files).filter((target) => !/^(?:pipe:\[\d+\]|\/dev\/null)$/.test(target))).toEqual([]);
  expect(rest).toEqual([]);
});

describe.each(ATTACKERS)('%s', (_who, attack) => {
  test('can make no device, neither in a file system of its own', async () => {
    const { out } = await attack(
      sandboxes,
      id,
      `busybox mkdir -p /tmp/own; busybox mount -t tmpfs x /tmp/own 2>/dev/null
       for at in /tmp /tmp/own /dev /dev/shm /host/var/lib/docker; do
         for device in "b 7 0" "b 8 0" "b 254 0" "c 1 1" "c 1 3" "c 1 11" "c 10 232" "c 10 237"; do
           busybox mknod $at/made $device 2>/dev/null && echo "made $device in $at"
         done
       done; echo tried`,
    );
    expect(out).toBe('tried\n');
  });

  test('mounts none of the host’s disks', async () => {
    const { out } = await attack(
      sandboxes,
      id,
      `busybox mkdir -p /tmp/disk; for d in /dev/vda /dev/sda1 /dev/loop0 7:0 none; do for type in ext4 xfs btrfs vfat squashfs devtmpfs debugfs tracefs securityfs pstore configfs efivarfs; do
         busybox mount -t $type $d /tmp/disk 2>/dev/null && echo "mounted $type of $d"; done; done; echo tried`,
    );
    expect(out).toBe('tried\n');
  });
});

import { readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOX, MIGHTY, startWithEngine } from '../support/engine-attacker.ts';
import { idsOf, initOf, processesOf } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;
let neighbour: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await startWithEngine(sandboxes);
  neighbour = await startWithEngine(sandboxes);
  // Two engines give the same addresses and names.
  const { err } = await sandboxes.run(
    neighbour,
    `docker volume create theirs; docker network create their-network
     docker run -d --name their-web ${BOX} /bin/busybox nc -ll -p 8080 -e /bin/busybox echo theirs
     docker run -d --name their-host --network host --pid host --privileged -v theirs:/v ${BOX} /bin/busybox sh -c 'echo secret > /v/secret; exec busybox nc -ll -p 18081 -e /bin/busybox echo theirs'`,
  );
  if (err !== '') throw new Error(err);
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

const inContainer = (script: string) =>
  sandboxes.run(id, `docker run --rm ${MIGHTY} ${BOX} /bin/busybox sh -c '${script}'`, { timeoutMs: 60_000 });

test('every kind of namespace is the sandbox’s own', () => {
  const pids = [initOf(sandboxes, id), initOf(sandboxes, neighbour), process.pid];
  for (const kind of ['pid', 'net', 'ipc', 'mnt', 'uts', 'user', 'cgroup']) {
    expect(new Set(pids.map((pid) => readlinkSync(`/proc/${pid}/ns/${kind}`))).size, kind).toBe(3);
  }
});

test('an engine knows nothing of a neighbour’s containers, images, networks and volumes', async () => {
  const script =
    'docker ps -aq; docker volume ls -q; docker network ls --format "{{.Name}}"; docker images --format "{{.Repository}}"';
  expect((await sandboxes.run(id, script)).out.trim().split('\n')).toEqual(['bridge', 'host', 'none', BOX]);
  expect((await sandboxes.run(neighbour, script)).out).toContain('theirs\n');
  expect((await sandboxes.run(id, 'sudo find / -name secret -path "*volumes*" 2>/dev/null')).out).toBe('');
});

test('a neighbour’s container at the same address cannot be reached', async () => {
  const theirs = await sandboxes.run(neighbour, `docker inspect -f '{{.NetworkSettings.IPAddress}}' their-web`);
  const address = theirs.out.trim();
  expect(address).toMatch(/^172\.17\.0\.\d+$/);
  const ask = `for at in "${address} 8080" "127.0.0.1 18081"; do busybox nc -w 2 $at < /dev/null; done; true`;
  expect((await sandboxes.run(neighbour, ask)).out).toBe('theirs\ntheirs\n');
  expect((await inContainer(ask)).out).toBe('');
});

test('a neighbour’s processes cannot be seen, signalled or entered', async () => {
  const theirs = processesOf(sandboxes.config, idsOf(sandboxes, neighbour));
  expect(theirs.length).toBeGreaterThan(4);
  const { out } = await inContainer(
    `busybox cat /proc/[0-9]*/cmdline 2>/dev/null | busybox tr "\\0" " " | busybox grep -c "[1]8081"
     [ -e /proc/${theirs[0]} ] || busybox nsenter -t ${theirs[0]} -m busybox true 2>/dev/null && echo entered
     kill -9 -1`,
  );
  expect(out).toBe('0\n');
  expect(processesOf(sandboxes.config, idsOf(sandboxes, neighbour)).length).toBe(theirs.length);
  const still = await sandboxes.run(neighbour, `docker ps --format '{{.Names}}' | sort`);
  expect(still.out).toBe('their-host\ntheir-web\n');
});

test('an engine that was ended by its learner comes back at its next use', async () => {
  await sandboxes.run(id, 'sudo pkill -9 dockerd; sudo pkill -9 containerd; sleep 0.3; true');
  await expect
    .poll(async () => (await sandboxes.run(id, `docker run --rm ${BOX} /bin/busybox echo back`)).out, {
      timeout: 20_000,
    })
    .toBe('back\n');
});

test('a name without a path in one sandbox is free in the other', async () => {
  const listen = `perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("\\0both")) or die "$!"; listen(S, 1); print "mine\\n"; $| = 1; sleep 2'`;
  const [one, two] = await Promise.all([id, neighbour].map((each) => sandboxes.run(each, listen, { root: true })));
  expect([one!.out, two!.out]).toEqual(['mine\n', 'mine\n']);
});

test('a file system of a learner’s own is seen by nobody else', async () => {
  await sandboxes.run(id, 'mount -t tmpfs x /mnt && echo here > /mnt/mine', { root: true });
  expect((await sandboxes.run(id, 'cat /mnt/mine')).out).toBe('here\n');
  for (const table of [
    (await sandboxes.run(neighbour, 'cat /proc/1/mountinfo', { root: true })).out,
    (await sandboxes.run(neighbour, `docker run --rm ${MIGHTY} ${BOX} /bin/busybox cat /host/proc/1/mountinfo`)).out,
  ]) {
    expect(table).toContain(' / ');
    expect(table).not.toContain(' /mnt ');
  }
});

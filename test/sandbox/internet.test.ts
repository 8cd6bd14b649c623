import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { all, dialAll, outcomes } from '../support/dial.ts';
import { testConfig } from '../support/config.ts';
import { helpersOf, inGateOf } from '../support/gate.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { idsOf, initOf, processesOf, tracesOf } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestServer } from '../support/server.ts';
import { INTERNET, PORT, World } from '../support/world.ts';

/** Few, so that a test reaches it. */
const CONNECTIONS = 4;

let world: World;

const open = (runtime: 'crun' | 'runc' | 'auto', networks: ('none' | 'internet')[] = ['internet']) =>
  RealSandboxes.open(
    { networks, runtime, network: { connections: CONNECTIONS, bytesPerSecond: 4_000_000, shut: [] } },
    undefined,
    world.host,
  );

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world?.[Symbol.asyncDispose]());

const reaches = async (sandboxes: RealSandboxes, id: string) =>
  outcomes((await sandboxes.run(id, dialAll([INTERNET], PORT))).out)[INTERNET];

const status = (pid: number, key: string) =>
  new RegExp(`^${key}:\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

describe.each(['crun', 'runc'] as const)('a sandbox that reaches the internet, under %s,', (runtime) => {
  let sandboxes: RealSandboxes;
  beforeAll(async () => {
    sandboxes = await open(runtime);
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  test.each(['standard', 'containers'] as const)(
    'leaves nothing on the host when it is stopped: %s',
    async (profile) => {
      const id = await sandboxes.start({ ...sandboxes.specOf(profile), network: 'internet' });
      const ids = idsOf(sandboxes, id);
      expect(await reaches(sandboxes, id)).toBe('reached');
      expect(helpersOf(sandboxes, id)).toBeDefined();
      await sandboxes.driver.stop(id);
      expect(tracesOf(sandboxes.config, id, ids)).toEqual([]);
      await sandboxes.driver.start(id);
      expect(await reaches(sandboxes, id)).toBe('reached');
      await sandboxes.driver.destroy(id);
    },
  );

  test('takes what keeps its way along when it ends by itself', async () => {
    const id = await sandboxes.start({ network: 'internet' });
    const ids = idsOf(sandboxes, id);
    process.kill(initOf(sandboxes, id), 'SIGKILL');
    await expect.poll(() => processesOf(sandboxes.config, ids), { timeout: 10_000 }).toEqual([]);
  });
});

describe('a sandbox that reaches the internet', () => {
  let sandboxes: RealSandboxes;
  let id: string;
  beforeAll(async () => {
    sandboxes = await open('auto');
    id = await sandboxes.start({ network: 'internet' });
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  test('resolves names, also such as stand for what it does not reach', async () => {
    const { out } = await sandboxes.run(
      id,
      'getent ahostsv4 a-203-0-113-5.test a-10-9-9-9.test | grep STREAM; cat /etc/resolv.conf',
    );
    expect(out).toMatch(/^203\.0\.113\.5 .*\n10\.9\.9\.9 .*\nnameserver 10\.0\.2\.3\n$/);
    const dial = (name: string) => `timeout 5 bash -c 'head -1 < /dev/tcp/${name}/${PORT}'`;
    expect((await sandboxes.run(id, dial('a-203-0-113-5.test'))).out).toBe('reached 203.0.113.5\n');
    expect((await sandboxes.run(id, dial('a-10-9-9-9.test'))).err).toContain('Connection refused');
    expect((await sandboxes.run(id, 'getent hosts no-such-name.test')).status).toBe(2);
  });

  test('is taken there by processes that may do nothing on the host', async () => {
    const { keeper, slirp } = helpersOf(sandboxes, id)!;
    const { base, size } = idsOf(sandboxes, id);
    for (const pid of [keeper, slirp]) {
      expect(status(pid, 'Uid')).toBe(String(base + size - 1));
      expect(readlinkSync(`/proc/${pid}/ns/user`)).not.toBe(readlinkSync('/proc/self/ns/user'));
      expect(readlinkSync(`/proc/${pid}/ns/user`)).not.toBe(readlinkSync(`/proc/${initOf(sandboxes, id)}/ns/user`));
    }
    // Its own few files: what the host unmounts while a sandbox runs is not held, and its sockets are not seen.
    expect(readdirSync(`/proc/${keeper}/root/dev`).sort()).toEqual(['net', 'null', 'urandom']);
    const mounts = readFileSync(`/proc/${keeper}/mountinfo`, 'utf8').trim().split('\n');
    const expected = /^\/(|usr|etc|bin|sbin|lib|lib32|lib64|proc|dev|run\/\S*resolv\S*|run\/NetworkManager)$/;
    expect(mounts.map((line) => line.split(' ')[4]!).filter((path) => !expected.test(path))).toEqual([]);
    // In the user namespace of the gate: the one that is left is to listen below port 1024 there.
    expect(status(slirp, 'CapEff')).toBe('0000000000000400');
    expect(status(slirp, 'NoNewPrivs')).toBe('1');
    expect(status(slirp, 'Seccomp')).toBe('2');
    expect(readdirSync(`/proc/${slirp}/root`).sort()).toEqual(['etc', 'run']);
    expect(
      readdirSync(`/proc/${slirp}/root/run`).filter((name) => !/resolv|systemd|NetworkManager/.test(name)),
    ).toEqual([]);
    expect(readFileSync(`/proc/${slirp}/cgroup`, 'utf8')).toContain(id);
  });

  test('has as many connections at once as it may, and new ones when others have ended', async () => {
    const { out } = await sandboxes.run(
      id,
      `for n in $(seq ${CONNECTIONS + 2}); do { exec {fd}<>/dev/tcp/${INTERNET}/${PORT}; } 2>/dev/null && echo open || echo refused; done
       exec {fd}>&-`,
    );
    expect(out.trim().split('\n').sort()).toEqual([...Array(CONNECTIONS).fill('open'), 'refused', 'refused']);
    await expect.poll(() => reaches(sandboxes, id), { timeout: 20_000 }).toBe('reached');
  });

  test('begins so many connections in a second and no more: who looks for servers begins thousands', async () => {
    await using many = await RealSandboxes.open(
      { networks: ['internet'], network: { connections: 4096, bytesPerSecond: 4_000_000, shut: [] } },
      undefined,
      world.host,
    );
    const seeker = await many.start({ network: 'internet' });
    const addresses = `$(yes ${INTERNET} | head -2000)`;
    const { out } = await many.run(seeker, `${dialAll([addresses], PORT)} | uniq -c`, { timeoutMs: 60_000 });
    const [first, next] = out
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' '));
    expect(first![2]).toBe('reached');
    expect(Number(first![0])).toBeGreaterThanOrEqual(200);
    expect(next![2]).toBe('ECONNREFUSED');
  });

  test('is held to its rate in both directions, where its root cannot change it', () => {
    for (const device of ['in', 'tap0']) {
      const [bucket] = JSON.parse(inGateOf(sandboxes, id, 'tc', '-j', 'qdisc', 'show', 'dev', device)) as [Bucket];
      expect(bucket).toMatchObject({ kind: 'tbf', options: { rate: 4_000_000 } });
    }
  });

  test('goes on where it was after it was frozen', async () => {
    const talk = sandboxes.run(
      id,
      `exec 9<>/dev/tcp/${INTERNET}/${PORT}; read line <&9; touch here; while ! [ -e go ]; do sleep 0.05; done; echo again >&9; head -1 <&9`,
    );
    await expect.poll(async () => (await sandboxes.run(id, 'ls')).out, { timeout: 20_000 }).toContain('here');
    await sandboxes.driver.freeze(id);
    await sandboxes.driver.thaw(id);
    await sandboxes.run(id, 'touch go');
    expect((await talk).out).toBe('again\n');
  });

  test('is taken there again when slirp4netns has ended, and by the next supervisor’s time still', async () => {
    process.kill(helpersOf(sandboxes, id)!.slirp, 'SIGKILL');
    await expect.poll(() => reaches(sandboxes, id), { timeout: 10_000 }).toBe('reached');
    const before = sandboxes;
    sandboxes = await sandboxes.restarted();
    await before.driver[Symbol.asyncDispose]();
    expect(await reaches(sandboxes, id)).toBe('reached');
  });

  test('lives on without, when what keeps the way has ended', async () => {
    process.kill(helpersOf(sandboxes, id)!.keeper, 'SIGKILL');
    await expect.poll(() => reaches(sandboxes, id), { timeout: 10_000 }).toBe('ENETUNREACH');
    expect(await sandboxes.driver.status(id)).toBe('ready');
  });

  test('does not start where the way cannot be made, and leaves nothing', async () => {
    await using astray = await RealSandboxes.open({ networks: ['internet'] }, undefined, '/run/netns/no-such-host');
    await expect(astray.start({ network: 'internet' })).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringContaining('the way to the internet') as string,
    });
    const left = (await astray.driver.list()).map((each) => each.id);
    const traces = () => left.flatMap((each) => tracesOf(astray.config, each, idsOf(astray, each)));
    await expect.poll(traces, { timeout: 10_000 }).toEqual([]);
    expect(left).toHaveLength(1);
  });
});

test('a sandbox has no network where it is not allowed any more, and starts all the same', async () => {
  await using sandboxes = await open('auto', ['none']);
  const id = await sandboxes.start({ network: 'internet' });
  const targets = [INTERNET, '10.9.9.9'];
  expect(outcomes((await sandboxes.run(id, dialAll(targets, PORT))).out)).toEqual(all(targets, 'ENETUNREACH'));
  expect(helpersOf(sandboxes, id)).toBeUndefined();
});

test('a whole server takes the sandboxes of an image that asks for it through its own network', async () => {
  const { images } = testConfig();
  const internet = Object.fromEntries(
    Object.entries(images).map(([name, image]) => [name, { ...image, network: 'internet' as const }]),
  );
  await using server = await TestServer.start({ networks: ['none', 'internet'], images: internet });
  const cookie = await visit(server.url);
  const page = await TestPage.open(server.url, cookie, '/api/courses/containers-and-docker/terminals/main');
  await page.attach();
  const [id] = readdirSync(join(server.config.run, 'sandboxes')) as [string];
  const networkOf = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/net`);
  expect(networkOf(helpersOf(server, id)!.slirp)).toBe(networkOf('self'));
  expect(networkOf(server.pid('supervisor'))).not.toBe(networkOf('self'));
  page.close();
});

test('an engine asks the class registry first, and others by itself', async () => {
  await using sandboxes = await open('auto');
  const ways = async (network: 'internet' | undefined) => {
    const id = await sandboxes.start({ ...sandboxes.specOf('containers'), ...(network && { network }) });
    const { out } = await sandboxes.run(id, "docker info --format '{{.HTTPProxy}} {{.HTTPSProxy}}'", { root: true });
    return out.trim();
  };
  expect(await ways(undefined)).toBe('http://127.0.0.1:3128 http://127.0.0.1:3128');
  expect(await ways('internet')).toBe('http://127.0.0.1:3128');
});

test('an engine’s containers reach the internet, and nothing that the sandbox does not', async () => {
  await using sandboxes = await open('auto');
  const id = await sandboxes.start({ ...sandboxes.specOf('containers'), network: 'internet' });
  const { out, err } = await sandboxes.run(
    id,
    `mkdir -p /tmp/root/bin && cp /bin/busybox /tmp/root/bin/ && tar -C /tmp/root -c . | docker import - box >/dev/null
     docker run --rm box /bin/busybox nslookup a-203-0-113-5.test | grep Address
     for ip in ${INTERNET} 10.9.9.9 169.254.169.254; do docker run --rm box /bin/busybox timeout 3 /bin/busybox nc $ip ${PORT} </dev/null 2>&1 | head -1; done`,
    { root: true, timeoutMs: 60_000 },
  );
  expect({ out, err }).toEqual({
    out: expect.stringMatching(/203\.0\.113\.5\nreached 203\.0\.113\.5\n.*refused\n.*refused\n$/s) as string,
    err: '',
  });
});

interface Bucket {
  kind: string;
  options: { rate: number };
}

import { execFile, execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attack, putAttacker } from '../support/attacker.ts';
import { initOf } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

/** An address of the host's own on a link that leads nowhere (from the range for documentation). */
const HOST_ADDRESS = '203.0.113.77';
const LINK = 'slipway-t0';

let sandboxes: RealSandboxes;
let id: string;
let neighbour: string;
let withEngine: string;
/** What reached the host. */
let arrived: string[];
let port: number;
const closing: (() => void)[] = [];

beforeAll(async () => {
  execFileSync('ip', ['link', 'add', LINK, 'type', 'veth', 'peer', 'name', 'slipway-t1']);
  closing.push(() => execFileSync('ip', ['link', 'delete', LINK]));
  execFileSync('ip', ['address', 'add', `${HOST_ADDRESS}/32`, 'dev', LINK]);
  execFileSync('ip', ['link', 'set', LINK, 'up']);
  arrived = [];
  const tcp = createServer((socket) => {
    arrived.push(`tcp from ${socket.remoteAddress}`);
    socket.on('error', () => {});
    socket.end('reached\n');
  });
  await once(tcp.listen(0, '::'), 'listening');
  port = (tcp.address() as AddressInfo).port;
  const udp = createSocket({ type: 'udp6' }, (_message, from) => arrived.push(`udp from ${from.address}`));
  await new Promise<void>((resolve) => udp.bind(port, '::', resolve));
  const abstract = createServer(() => arrived.push('abstract socket'));
  await once(abstract.listen(`\0slipway-test-${port}`), 'listening');
  closing.push(
    () => tcp.close(),
    () => udp.close(),
    () => abstract.close(),
  );
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
  neighbour = await sandboxes.start();
  withEngine = await sandboxes.start(sandboxes.specOf('containers'));
  await putAttacker(sandboxes, id);
  await putAttacker(sandboxes, withEngine);
});
afterAll(async () => {
  await sandboxes?.[Symbol.asyncDispose]();
  for (const close of closing.reverse()) close();
});

test('the host can be reached from the host: what follows could fail', async () => {
  for (const host of ['127.0.0.1', '::1', HOST_ADDRESS]) {
    const socket = connect(port, host);
    expect(String((await once(socket, 'data'))[0])).toBe('reached\n');
  }
  await once(connect({ path: `\0slipway-test-${port}` }), 'connect');
  await expect.poll(() => arrived.length).toBe(4);
  arrived.length = 0;
});

describe.each([
  ['a learner', () => id, false],
  ['root in a sandbox', () => id, true],
  ['root in a sandbox with an engine', () => withEngine, true],
])('%s', (_who, where, root) => {
  test.each([
    ['the host on loopback', '127.0.0.1'],
    ['the host on loopback, IPv6', '::1'],
    ['the host by another of its addresses', HOST_ADDRESS],
    ['any address of the host', '0.0.0.0'],
    ['the cloud’s metadata', '169.254.169.254'],
    ['a private network', '10.0.0.1'],
    ['a private network', '172.17.0.1'],
    ['a private network', '192.168.0.1'],
    ['the internet', '198.51.100.1'],
    ['a neighbour on its link', 'fe80::1%lo'],
    ['everybody on the link', 'ff02::1%lo'],
  ])('reaches nothing: %s, %s', async (_what, address) => {
    const script = `
      timeout 3 bash -c 'exec 9<>/dev/tcp/${address}/${port} && cat <&9' && echo "tcp got through"
      timeout 3 bash -c 'echo hello > /dev/udp/${address}/${port}'
      true`;
    const { out, err } = await sandboxes.run(where(), script, { root });
    expect(out).toBe('');
    expect(err).toMatch(/refused|unreachable|Cannot assign|Invalid argument|No such device|not known|not supported/);
    expect(arrived).toEqual([]);
  });

  test('finds no Unix socket of the host’s that has no path', async () => {
    expect(await attack(sandboxes, where(), 'abstract', { number: port, root })).toEqual({
      error: 'connection refused',
    });
    expect(arrived).toEqual([]);
  });
});

/** Sends a UDP packet that it puts together itself, IP header and all, with the host's own address as its sender. */
const FORGE = String.raw`use Socket; socket(my $s, AF_INET, SOCK_RAW, 255) or die "no raw socket: $!
";
  for my $to (@ARGV[1 .. $#ARGV]) {
    my $udp = pack("nnnn", 9, $ARGV[0], 8 + 6, 0) . "forged";
    my $ip = pack("CCnnnCCna4a4", 0x45, 0, 20 + length $udp, 1, 0, 64, 17, 0, inet_aton("203.0.113.77"), inet_aton($to));
    setsockopt($s, SOL_SOCKET, SO_BROADCAST, 1); send($s, $ip . $udp, 0, sockaddr_in($ARGV[0], inet_aton($to)));
  }`;
/** Tells of each packet on any link of its network that holds a word, for a second and a half. */
const SNIFF = String.raw`socket(my $s, 17, 3, unpack("S", pack("n", 3))) or die "no packet socket: $!
"; $| = 1; print "listening
";
  $SIG{ALRM} = sub { exit }; alarm 2; while (1) { recv($s, my $packet, 65536, 0); print "heard
" if index($packet, $ARGV[0]) >= 0 }`;
const perl = (program: string, ...args: (string | number)[]) => ['-e', program, ...args.map(String)];
const quoted = (args: string[]) => `perl ${args.map((each) => `'${each}'`).join(' ')}`;

test('packets that are forged on the host arrive there, and who listens on the host hears them', async () => {
  execFileSync('perl', perl(FORGE, port, '127.0.0.1', HOST_ADDRESS));
  await expect.poll(() => arrived.length).toBe(2);
  const sniffing = promisify(execFile)('perl', perl(SNIFF, 'word-of-the-host'));
  await tell('word-of-the-host', 500);
  expect((await sniffing).stdout).toContain('heard');
  arrived.length = 0;
});

/** Says a word on the host's loopback, again and again. */
async function tell(word: string, ms: number): Promise<void> {
  const socket = createSocket('udp4');
  for (const until = Date.now() + ms; Date.now() < until; await sleep(50)) socket.send(word, port, '127.0.0.1');
  socket.close();
}

test('where raw sockets can be made, what they send and hear is the sandbox’s own network', async () => {
  const links = `ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
    ip address add 203.0.113.1/24 dev v0; ip route add default dev v0; ip neighbour add ${HOST_ADDRESS} lladdr 02:00:00:00:00:01 dev v0`;
  const { err } = await sandboxes.run(
    withEngine,
    `${links}; ${quoted(perl(FORGE, port, HOST_ADDRESS, '127.0.0.1', '255.255.255.255', '203.0.113.255', '224.0.0.1', '10.0.0.1'))}`,
    { root: true },
  );
  expect(err).toBe('');
  const sniffing = sandboxes.run(withEngine, quoted(perl(SNIFF, 'word-of-the-host')), { root: true });
  await tell('word-of-the-host', 2000);
  expect((await sniffing).out).toBe('listening\n');
  expect(arrived.filter((each) => !each.includes('127.0.0.1'))).toEqual([]);
  await sandboxes.run(withEngine, 'ip link delete v0', { root: true });
  arrived.length = 0;
});

test.each([
  ['a learner', false],
  ['root in a sandbox', true],
])('%s makes no raw socket where there is no engine', async (_who, root) => {
  for (const program of [perl(FORGE, port, HOST_ADDRESS), perl(SNIFF, 'x')]) {
    const { out, err } = await sandboxes.run(id, quoted(program), { root });
    expect([out, err]).toEqual(['', expect.stringMatching(/^no (?:raw|packet) socket: Operation not permitted/)]);
  }
});

describe.each([
  ['a learner', false],
  ['root in a sandbox', true],
])('%s', (_who, root) => {
  test('has a loopback interface and can make no other', async () => {
    const { out } = await sandboxes.run(
      id,
      `ip link add dummy0 type dummy; ip link add v0 type veth; ip tuntap add tap0 mode tap; ip netns add x
       ip route add default dev lo; ip address add 203.0.113.78/32 dev lo
       ls /sys/class/net; cat /proc/net/route | wc -l; ip -o address | wc -l`,
      { root },
    );
    expect(out.trim().split('\n')).toEqual(['lo', '1', '2']);
  });
});

test('each sandbox has a network of its own', () => {
  const net = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/net`);
  expect(new Set([net(initOf(sandboxes, id)), net(initOf(sandboxes, neighbour)), net('self')]).size).toBe(3);
});

test('what a sandbox listens on is neither the host’s nor a neighbour’s', async () => {
  const listen = `perl -MSocket -e 'socket(S,AF_INET,SOCK_STREAM,0); setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1);
    bind(S,sockaddr_in(18080,INADDR_ANY)) or die; listen(S,5); print "listening\\n"; $|=1; alarm 3; accept(C,S); print "somebody came\\n"'`;
  const listening = sandboxes.run(id, listen);
  const attempt =
    "for i in 1 2 3 4; do timeout 1 bash -c 'exec 9<>/dev/tcp/127.0.0.1/18080' && echo through; sleep 0.3; done";
  expect((await sandboxes.run(neighbour, attempt)).out).toBe('');
  const socket = connect(18080, '127.0.0.1');
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect((await listening).out).toBe('listening\n');
});

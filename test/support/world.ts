/**
 * A host with a network, in network namespaces of the test's own: behind one link lie an internet host, private networks,
 * a cloud's metadata and the host's resolver, all of which the host reaches. What arrives anywhere is seen.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A public host, and one more that is made the host's own while a test runs. */
export const INTERNET = '203.0.113.5';
/** The host's own address, public like that of any server in the net; and one in a private network. */
export const HOST_OWN = '198.51.100.2';
export const HOST_PRIVATE = '10.20.30.2';
/** One in each range that is shut, beyond the link. */
export const SHUT = [
  '10.9.9.9',
  '100.64.9.9',
  '100.127.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '169.254.9.9',
  '172.16.9.9',
  '172.31.255.254',
  '192.0.0.192',
  '192.88.99.1',
  '192.168.9.9',
  '198.18.9.9',
  '198.19.255.254',
];
/** By IPv6: public, unique local, a private address as NAT64 writes it, and one of the host's own. */
export const INTERNET_6 = '2001:db8:2::5';
export const SHUT_6 = ['fd00:9::9', '64:ff9b::a09:909', 'fec0::9'];
export const HOST_OWN_6 = '2001:db8:1::2';

export const PORT = 7777;

const GATEWAY = '198.51.100.1';

export class World implements AsyncDisposable {
  /** Path of the host's network namespace. */
  readonly host: string;
  private readonly hostName = `slipway-host-${process.pid}`;
  private readonly beyond = `slipway-beyond-${process.pid}`;
  private readonly servers: ChildProcess[] = [];

  private constructor() {
    this.host = `/run/netns/${this.hostName}`;
  }

  static async open(): Promise<World> {
    const world = new World();
    try {
      world.build();
      await Promise.all([world.serve(world.hostName), world.serve(world.beyond, resolverOfHost())]);
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Addresses with the protocols by which something came to them, of the host and beyond, since the last call. */
  arrivals(): string[] {
    const seen = [this.hostName, this.beyond].flatMap((name) => {
      const listed = JSON.parse(inside(name, 'nft', '-j', 'list', 'ruleset')) as { nftables: Listed[] };
      const elements = listed.nftables.flatMap(({ set }) => set?.elem ?? []);
      inside(name, 'nft', 'flush set inet seen v4; flush set inet seen v6');
      return elements.map(({ concat: [address, protocol] }) => `${address} ${protocol}`);
    });
    return [...new Set(seen)].sort();
  }

  /** Runs a program on the host. */
  onHost(program: string, ...args: string[]): string {
    return inside(this.hostName, program, ...args);
  }

  /** Gives the internet, or the host, one more address. */
  addAddress(where: 'host' | 'beyond', address: string): Disposable {
    const name = where === 'host' ? this.hostName : this.beyond;
    inside(name, 'ip', 'address', 'add', `${address}/32`, 'dev', 'lo');
    return { [Symbol.dispose]: () => void inside(name, 'ip', 'address', 'delete', `${address}/32`, 'dev', 'lo') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.servers) {
      const ended = once(server, 'exit');
      if (server.exitCode === null && server.kill('SIGKILL')) await ended;
    }
    for (const name of [this.hostName, this.beyond]) {
      try {
        execFileSync('ip', ['netns', 'delete', name], { stdio: 'ignore' });
      } catch {
        // it was not made
      }
    }
  }

  private build(): void {
    const { hostName, beyond } = this;
    for (const name of [hostName, beyond]) {
      execFileSync('ip', ['netns', 'add', name]);
      inside(name, 'ip', 'link', 'set', 'lo', 'up');
    }
    execFileSync('ip', ['-n', hostName, 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'in', 'netns', beyond]);
    batch(hostName, [
      `address add ${HOST_OWN}/24 dev out`,
      `address add ${HOST_PRIVATE}/24 dev out`,
      `address add ${HOST_OWN_6}/64 dev out nodad`,
      'link set out up',
    ]);
    batch(beyond, [
      `address add ${GATEWAY}/24 dev in`,
      'address add 2001:db8:1::1/64 dev in nodad',
      'link set in up',
      ...[INTERNET, ...SHUT, resolverOfHost()].map((address) => `address add ${address}/32 dev lo`),
      ...[INTERNET_6, ...SHUT_6].map((address) => `address add ${address}/128 dev lo nodad`),
    ]);
    batch(hostName, [`route add default via ${GATEWAY}`, 'route add default via 2001:db8:1::1']);
    // Before anything else sees a packet: what a firewall would drop has arrived too.
    for (const [name, device] of [
      [hostName, '!= "none"'],
      [beyond, '"in"'],
    ] as const) {
      inside(
        name,
        'nft',
        `table inet seen {
          set v4 { type ipv4_addr . inet_proto; flags dynamic; size 4096; }
          set v6 { type ipv6_addr . inet_proto; flags dynamic; size 4096; }
          chain arrive {
            type filter hook prerouting priority -300
            iifname "out" accept
            # What kernels tell their neighbours by themselves.
            icmpv6 type != echo-request accept
            meta l4proto igmp accept
            iifname ${device} add @v4 { ip daddr . meta l4proto }
            iifname ${device} add @v6 { ip6 daddr . meta l4proto }
          }
        }`,
      );
    }
  }

  private async serve(name: string, ...resolver: string[]): Promise<void> {
    const program = [process.execPath, join(import.meta.dirname, 'echo-everywhere.ts'), String(PORT), ...resolver];
    const server = spawn('ip', ['netns', 'exec', name, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.servers.push(server);
    await once(server.stdout, 'data');
  }
}

/** The host's first resolver with an IPv4 address, which slirp4netns asks. */
export function resolverOfHost(): string {
  const found = /^\s*nameserver\s+(\d+\.\d+\.\d+\.\d+)/m.exec(readFileSync('/etc/resolv.conf', 'utf8'))?.[1];
  if (found === undefined) throw new Error('the tests of networks need a resolver with an IPv4 address');
  return found;
}

interface Listed {
  set?: { elem?: { concat: [string, string] }[] };
}

function inside(name: string, program: string, ...args: string[]): string {
  return execFileSync('ip', ['netns', 'exec', name, program, ...args], { encoding: 'utf8' });
}

function batch(name: string, lines: string[]): void {
  execFileSync('ip', ['-n', name, '-batch', '-'], { input: lines.join('\n') });
}

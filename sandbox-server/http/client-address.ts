/**
 * Who the client of a request is, from its socket and headers: the one place that says so, for HTTP and WebSockets, limits
 * and logs alike. Headers count only from proxies that the operator named; whatever is written otherwise than it should be
 * says nothing.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net';

export interface Client {
  /** In its one form: no port, no zone, IPv4 as IPv4. Absent where a Unix socket's peer is the client. */
  readonly address?: string;
  /** What limits count by: an IPv4 address, or the /64 of an IPv6 one, of which a single host may use every address. */
  readonly network: string;
  /** Whether the browser came by https, as far as is known. */
  readonly secure: boolean;
}

/** What is read of a request: `http.IncomingMessage` has it. */
export interface Arrival {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

export type ClientOf = (request: Arrival) => Client;

/** The peer of a Unix socket, as `trustedProxies` names it; what limits count it by where it is the client. */
export const UNIX_PEER = 'unix';

/** Proxies in a row. A longer header is one that somebody made up. */
const MAX_HOPS = 16;

/** `trusted`: addresses and ranges (`10.0.0.0/8`) of proxies, and `unix` for whoever may use a Unix socket. */
export function clientsBehind(trusted: readonly string[]): ClientOf {
  const ranges = new BlockList();
  for (const entry of trusted.filter((each) => each !== UNIX_PEER)) addRange(ranges, entry);
  const trusts = (peer: string | undefined) =>
    peer === undefined ? trusted.includes(UNIX_PEER) : ranges.check(peer, isIPv4(peer) ? 'ipv4' : 'ipv6');

  return ({ socket, headers }) => {
    const peer = socket.remoteAddress === undefined ? undefined : readAddress(socket.remoteAddress);
    if (!trusts(peer)) return clientAt(peer, false);
    const address = walk(peer, joined(headers['x-forwarded-for']), trusts);
    return clientAt(address, joined(headers['x-forwarded-proto'])?.trim().toLowerCase() === 'https');
  };
}

/**
 * From the right, since each proxy adds at the end whom it was called by: the first that is no proxy of ours is the
 * client. What cannot be read ends the walk at the last proxy that told us somebody.
 */
function walk(
  peer: string | undefined,
  header: string | undefined,
  trusts: (address: string) => boolean,
): string | undefined {
  const hops = header?.split(',') ?? [];
  if (hops.length > MAX_HOPS) return peer;
  let client = peer;
  for (const hop of hops.toReversed()) {
    const address = readHop(hop);
    if (address === undefined) return client;
    client = address;
    if (!trusts(address)) return client;
  }
  return client;
}

/** Several headers of one name are one list. */
function joined(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

/** `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:443`. */
function readHop(hop: string): string | undefined {
  const text = hop.replace(/^[ \t]+|[ \t]+$/g, '');
  const [, bracketed, v4] = /^(?:\[([^\]]+)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/.exec(text) ?? [];
  if (bracketed !== undefined && isIPv4(bracketed)) return undefined;
  return readAddress(bracketed ?? v4 ?? text);
}

/** The one form of an address: without the zone of IPv6, IPv4 within IPv6 as IPv4. Undefined where it is none. */
export function readAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (isIP(text) !== 6) return undefined;
  const { address } = new SocketAddress({ address: text.split('%', 1)[0]!, family: 'ipv6' });
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
}

/** Whether the text is a range that `clientsBehind` takes. */
export function isProxy(text: string): boolean {
  if (text === UNIX_PEER) return true;
  const [address = '', prefix, ...more] = text.split('/');
  const bits = address.includes('%') ? 0 : { 0: 0, 4: 32, 6: 128 }[isIP(address)]!;
  // A range of IPv4 within IPv6 would never be met: those addresses are read as IPv4.
  if (bits === 0 || more.length > 0 || (bits === 128 && isIPv4(readAddress(address)!))) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

function addRange(ranges: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (prefix === undefined) ranges.addAddress(address, family);
  else ranges.addSubnet(address, Number(prefix), family);
}

function clientAt(address: string | undefined, secure: boolean): Client {
  if (address === undefined) return { network: UNIX_PEER, secure };
  return { address, network: isIPv4(address) ? address : first64(address), secure };
}

/** The first four groups of an IPv6 address. */
function first64(address: string): string {
  const [left = '', right] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const head = groups(left);
  const zeros = right === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - groups(right).length)).fill('0');
  const all = right === undefined ? head : [...head, ...zeros, ...groups(right)];
  return `${all.slice(0, 4).join(':')}::/64`;
}

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientsBehind, isProxy } from '../../../sandbox-server/http/client-address.ts';
import { MANY } from '../../support/properties.ts';

const PROXIES = ['10.0.0.0/8', '192.0.2.1', '2001:db8:1::/48', 'unix'];
const clientOf = clientsBehind(PROXIES);
const ask = (remoteAddress: string | undefined, forwarded?: string, proto?: string) =>
  clientOf({
    socket: { remoteAddress },
    headers: {
      ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }),
      ...(proto !== undefined && { 'x-forwarded-proto': proto }),
    },
  });

describe('behind a proxy that is trusted', () => {
  const ROWS: [what: string, peer: string | undefined, header: string | undefined, client: string | undefined][] = [
    ['says nothing: it is the client', '10.0.0.1', undefined, '10.0.0.1'],
    ['an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['one address', '10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['what the client made up stands further left', '10.0.0.1', '127.0.0.1, 203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['through two proxies', '10.0.0.1', '203.0.113.9, 198.51.100.7, 192.0.2.1', '198.51.100.7'],
    ['proxies alone: the left-most', '10.0.0.1', '10.9.9.9, 192.0.2.1', '10.9.9.9'],
    ['a port', '10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
    ['IPv6', '10.0.0.1', '2001:DB8:0::5', '2001:db8::5'],
    ['IPv6 in brackets, with a port', '10.0.0.1', '[2001:db8::5]:4711', '2001:db8::5'],
    ['an IPv6 zone', '10.0.0.1', 'fe80::1%eth0', 'fe80::1'],
    ['IPv4 within IPv6', '10.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
    ['IPv4 within IPv6, in hexadecimal', '10.0.0.1', '::ffff:c633:6407', '198.51.100.7'],
    ['a proxy that comes as IPv4 within IPv6', '::ffff:10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['a proxy by IPv6', '2001:db8:1:2::3', '198.51.100.7', '198.51.100.7'],
    ['a proxy by a Unix socket', undefined, '198.51.100.7', '198.51.100.7'],
    ['a Unix socket’s peer says nothing', undefined, undefined, undefined],
    ['no address', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['no address further right than one', '10.0.0.1', '198.51.100.7, _hidden', '10.0.0.1'],
    ['no address behind a second proxy', '10.0.0.1', '198.51.100.7, nonsense, 192.0.2.1', '192.0.2.1'],
    ['an empty place', '10.0.0.1', '198.51.100.7,', '10.0.0.1'],
    ['IPv4 in brackets', '10.0.0.1', '[198.51.100.7]', '10.0.0.1'],
    ['a line break', '10.0.0.1', '198.51.100.7\n', '10.0.0.1'],
    ['leading zeros, which some read as octal', '10.0.0.1', '010.0.0.1', '10.0.0.1'],
    ['16 hops', '10.0.0.1', `198.51.100.7${', 10.0.0.2'.repeat(15)}`, '198.51.100.7'],
    ['too many hops', '10.0.0.1', `198.51.100.7${', 10.0.0.2'.repeat(16)}`, '10.0.0.1'],
  ];
  test.each(ROWS)('%s', (_what, peer, header, client) => expect(ask(peer, header).address).toBe(client));

  test('several headers of one name are one list', () => {
    const request = {
      socket: { remoteAddress: '10.0.0.1' },
      headers: { 'x-forwarded-for': ['203.0.113.9', '198.51.100.7'] },
    };
    expect(clientOf(request as never).address).toBe('198.51.100.7');
  });

  test('only https, said once, is https', () => {
    for (const proto of ['https', 'HTTPS', ' https '])
      expect(ask('10.0.0.1', undefined, proto).secure, proto).toBe(true);
    for (const proto of ['http', 'https, http', 'https,https', 'wss', '']) {
      expect(ask('10.0.0.1', undefined, proto).secure, proto).toBe(false);
    }
  });
});

test('whatever a client writes that is no proxy of ours, it is its socket’s address', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.oneof(fc.string(), hops()), fc.string(), (peer, forwarded, proto) => {
      fc.pre(!peer.startsWith('10.') && peer !== '192.0.2.1');
      expect(ask(peer, forwarded, proto)).toEqual({ address: peer, network: peer, secure: false });
    }),
    MANY,
  );
});

test('whatever stands to the left of the first that is no proxy changes nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 40 }), hops()),
      fc.array(fc.constantFrom('10.1.2.3', '192.0.2.1'), { maxLength: 4 }),
      (left, right) => {
        fc.pre(left.split(',').length + right.length < 16);
        expect(ask('10.0.0.1', [left, '198.51.100.7', ...right].join(',')).address).toBe('198.51.100.7');
      },
    ),
    MANY,
  );
});

test('without proxies nobody is believed, and nobody by a Unix socket', () => {
  const nobody = clientsBehind([]);
  const headers = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' };
  expect(nobody({ socket: { remoteAddress: '127.0.0.1' }, headers })).toMatchObject({
    address: '127.0.0.1',
    secure: false,
  });
  expect(nobody({ socket: {}, headers })).toEqual({ network: 'unix', secure: false });
});

test('limits count a whole /64 of IPv6 as one', () => {
  expect(ask('2001:db8:2:3:4:5:6:7').network).toBe('2001:db8:2:3::/64');
  expect(ask('2001:db8:2:3::9').network).toBe('2001:db8:2:3::/64');
  expect(ask('2001:db8::9').network).toBe('2001:db8:0:0::/64');
  expect(ask('::1').network).toBe('0:0:0:0::/64');
  expect(ask('1:2:3::6:7:8').network).toBe('1:2:3:0::/64');
  expect(ask('203.0.113.9').network).toBe('203.0.113.9');
});

test('every address of a /64 is one network, and none of another', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 128n) - 1n), fc.bigInt(0n, (1n << 64n) - 1n), (one, host) => {
      fc.pre(one >> 32n !== 0xffffn && one >> 64n !== 0n);
      const neighbour = ((one >> 64n) << 64n) | host;
      const stranger = one ^ (1n << 64n);
      fc.pre(stranger >> 64n !== 0n);
      expect(ask(written(neighbour)).network).toBe(ask(written(one)).network);
      expect(ask(written(stranger)).network).not.toBe(ask(written(one)).network);
    }),
    MANY,
  );
});

test('a range is an address and perhaps its bits', () => {
  for (const good of ['192.0.2.1', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::1', 'unix'])
    expect(isProxy(good), good).toBe(true);
  for (const bad of [
    '',
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '10.0.0.0/8/8',
    '2001:db8::/129',
    '10.0.0.0/-1',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
  ]) {
    expect(isProxy(bad), bad).toBe(false);
  }
});

/** A header such as proxies write, longer than any of them. */
function hops() {
  return fc
    .array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('unknown', '[::1]:80', '10.0.0.1', '')), { maxLength: 20 })
    .map((each) => each.join(','));
}

function written(address: bigint): string {
  return Array.from({ length: 8 }, (_, group) => ((address >> BigInt(112 - 16 * group)) & 0xffffn).toString(16)).join(
    ':',
  );
}

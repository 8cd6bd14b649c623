import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { all, dialAll, outcomes, sendAll, throwAll } from '../support/dial.ts';
import { inGateOf } from '../support/gate.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import {
  HOST_OWN,
  HOST_OWN_6,
  HOST_PRIVATE,
  INTERNET,
  INTERNET_6,
  PORT,
  resolverOfHost,
  SHUT,
  SHUT_6,
  World,
} from '../support/world.ts';

/** Of the host, by the names that it has, and what slirp4netns calls it and its resolver. */
const OF_THE_HOST = [HOST_OWN, HOST_PRIVATE, resolverOfHost(), '10.0.2.2', '10.0.2.3', '10.0.1.1', '10.0.2.100'];
/** Nobody is there, and nobody is asked. */
const OF_NOBODY = ['255.255.255.254', '240.0.0.1'];
const MAPPED = ['::ffff:10.9.9.9', `::ffff:${HOST_OWN}`, '::ffff:169.254.169.254'];
const BY_IPV6 = [INTERNET_6, ...SHUT_6, HOST_OWN_6];

let world: World;
let sandboxes: RealSandboxes;
let standard: string;
let withEngine: string;

beforeAll(async () => {
  world = await World.open();
  sandboxes = await RealSandboxes.open({ networks: ['none', 'internet'] }, undefined, world.host);
  standard = await sandboxes.start({ network: 'internet' });
  withEngine = await sandboxes.start({ ...sandboxes.specOf('containers'), network: 'internet' });
});
afterAll(async () => {
  await sandboxes?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});
beforeEach(() => void world.arrivals());

test('the host reaches all of it, by whatever it sends: what follows could fail', () => {
  const onHost = (script: string) => outcomes(world.onHost('bash', '-c', script));
  const reached = [INTERNET, ...SHUT, HOST_OWN, HOST_PRIVATE, resolverOfHost(), '127.0.0.1', ...MAPPED, ...BY_IPV6];
  expect(onHost(dialAll(reached, PORT))).toEqual(all(reached, 'reached'));
  world.arrivals();
  onHost(sendAll([INTERNET, ...SHUT, HOST_OWN, INTERNET_6], PORT, { wait: false }));
  const sent = [INTERNET, ...SHUT, HOST_OWN, INTERNET_6].map((each) => `${each} udp`);
  expect(world.arrivals()).toEqual(expect.arrayContaining(sent));
  onHost(throwAll([INTERNET, HOST_OWN, '10.9.9.9'], 1));
  onHost(throwAll([INTERNET, '10.9.9.9'], 47));
  const arrived = [`${INTERNET} icmp`, `${INTERNET} gre`, `${HOST_OWN} icmp`, '10.9.9.9 icmp', '10.9.9.9 gre'];
  expect(world.arrivals()).toEqual(arrived.sort());
});

describe.each([
  ['a learner', () => standard, false],
  ['root in a sandbox', () => standard, true],
  ['a learner with an engine', () => withEngine, false],
  ['root in a sandbox with an engine', () => withEngine, true],
])('%s', (_who, where, root) => {
  const tries = async (script: string) =>
    outcomes((await sandboxes.run(where(), script, { root, timeoutMs: 60_000 })).out);

  test('reaches the internet by TCP', async () => {
    expect(await tries(dialAll([INTERNET, `::ffff:${INTERNET}`], PORT))).toEqual(
      all([INTERNET, `::ffff:${INTERNET}`], 'reached'),
    );
    expect(world.arrivals()).toEqual([`${INTERNET} tcp`]);
  });

  test('is refused at once where a range is shut, or the host’s', async () => {
    const shut = [...SHUT, ...OF_THE_HOST, ...OF_NOBODY, ...MAPPED];
    expect(await tries(dialAll(shut, PORT))).toEqual(all(shut, 'ECONNREFUSED'));
    expect(world.arrivals()).toEqual([]);
  });

  test('reaches itself where it means itself', async () => {
    const itself = ['127.0.0.1', '::1', '0.0.0.0', '10.0.1.2'];
    expect(await tries(dialAll(itself, PORT))).toEqual(all(itself, 'ECONNREFUSED'));
    expect(world.arrivals()).toEqual([]);
  });

  test('reaches nothing by IPv6', async () => {
    expect(await tries(dialAll(BY_IPV6, PORT))).toEqual(all(BY_IPV6, 'ENETUNREACH'));
    expect(await tries(sendAll(BY_IPV6, PORT))).toEqual(all(BY_IPV6, 'ENETUNREACH'));
    expect(world.arrivals()).toEqual([]);
  });

  test('reaches nothing by UDP', async () => {
    const targets = [INTERNET, ...SHUT, ...OF_THE_HOST];
    const told = await tries(sendAll(targets, PORT));
    expect(new Set(Object.values(told))).toEqual(new Set(['EHOSTUNREACH']));
    expect(world.arrivals()).toEqual([]);
  });

  test('reaches nobody’s mail', async () => {
    expect(await tries(dialAll([INTERNET], 25))).toEqual(all([INTERNET], 'ECONNREFUSED'));
    expect(world.arrivals()).toEqual([]);
  });

  test.each([
    ['ICMP', 1],
    ['GRE', 47],
    ['SCTP', 132],
    ['TCP that it writes itself', 6],
  ])('reaches nothing by raw packets: %s', async (_kind, protocol) => {
    const targets = protocol === 6 ? [...SHUT, ...OF_THE_HOST] : [INTERNET, ...SHUT, ...OF_THE_HOST];
    const told = await tries(throwAll(targets, protocol));
    // Only root with an engine may make them at all.
    expect(told).toEqual(all(targets, where() === withEngine && root ? 'sent' : 'EPERM'));
    expect(world.arrivals()).toEqual([]);
  });
});

describe('root in a sandbox with an engine, who changes their own network,', () => {
  test.each([
    ['routes', 'ip route add 10.9.9.0/24 via 10.0.1.1; ip route add 198.51.100.0/24 dev eth0; ip route flush cache'],
    ['an address of the gate’s', 'ip address add 10.0.2.100/24 dev eth0; ip address add 10.0.2.2/24 dev eth0'],
    ['the host’s address as one’s own', `ip address add ${HOST_OWN}/32 dev eth0`],
    ['rules that change addresses', `iptables -t nat -I OUTPUT -d ${INTERNET} -p tcp -j DNAT --to 10.9.9.9:${PORT}`],
    [
      'a device more',
      'ip link add link eth0 name m0 type macvlan; ip address add 10.0.1.3/30 dev m0; ip link set m0 up',
    ],
    [
      'IPv6',
      'sysctl -qw net.ipv6.conf.all.disable_ipv6=0; ip -6 address add fd00:1::2/64 dev eth0; ip -6 route add default via fe80::1 dev eth0',
    ],
  ])('reaches no more by %s', async (_what, change) => {
    const id = await sandboxes.start({ ...sandboxes.specOf('containers'), network: 'internet' });
    await sandboxes.run(id, change, { root: true });
    world.arrivals();
    const targets = ['10.9.9.9', '169.254.169.254', HOST_PRIVATE, '10.0.2.2', INTERNET, 'fd00:9::9'];
    const { out } = await sandboxes.run(id, dialAll(targets, PORT), { root: true, timeoutMs: 40_000 });
    const told = outcomes(out);
    expect(Object.keys(told)).toEqual(targets);
    for (const target of targets.filter((each) => each !== INTERNET))
      expect([target, told[target]]).not.toContain('reached');
    expect(world.arrivals().filter((each) => each !== `${INTERNET} tcp`)).toEqual([]);
    await sandboxes.driver.destroy(id);
  });
});

test('an address that becomes the host’s own is shut from then on, and open again when it is not', async () => {
  const address = '203.0.113.66';
  using _elsewhere = world.addAddress('beyond', address);
  const dial = async () => outcomes((await sandboxes.run(standard, dialAll([address], PORT))).out)[address];
  expect(await dial()).toBe('reached');
  {
    using _own = world.addAddress('host', address);
    await expect.poll(dial, { timeout: 10_000 }).toBe('ECONNREFUSED');
  }
  await expect.poll(dial, { timeout: 10_000 }).toBe('reached');
});

test('a range of the operator’s own is shut', async () => {
  await using school = await RealSandboxes.open(
    { networks: ['internet'], network: { ...sandboxes.config.network, shut: ['203.0.113.0/29'] } },
    undefined,
    world.host,
  );
  const id = await school.start({ network: 'internet' });
  using _other = world.addAddress('beyond', '203.0.113.66');
  const { out } = await school.run(id, dialAll([INTERNET, '203.0.113.66'], PORT));
  expect(outcomes(out)).toEqual({ [INTERNET]: 'ECONNREFUSED', '203.0.113.66': 'reached' });
});

test('without the gate’s rules all of it would be reached: nothing else keeps a sandbox from it', async () => {
  const id = await sandboxes.start({ network: 'internet' });
  inGateOf(sandboxes, id, 'nft', 'flush chain inet gate forward; chain inet gate forward { policy accept; }');
  const targets = [...SHUT, HOST_OWN, HOST_PRIVATE];
  const { out } = await sandboxes.run(id, dialAll(targets, PORT));
  expect(outcomes(out)).toEqual(all(targets, 'reached'));
  await sandboxes.driver.destroy(id);
});

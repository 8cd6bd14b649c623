import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RealSandboxes } from '../support/sandboxes.ts';
import { HOST_OWN, HOST_PRIVATE, INTERNET, PORT, SHUT, World, resolverOfHost } from '../support/world.ts';

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

const dial = (address: string) => `timeout 5 bash -c 'exec 9<>/dev/tcp/${address}/${PORT} && head -1 <&9'`;

test('the host reaches all of it: what follows could fail', () => {
  for (const address of [INTERNET, ...SHUT, HOST_OWN, HOST_PRIVATE, '127.0.0.1']) {
    expect(world.onHost('bash', '-c', dial(address))).toBe(`reached ${address}\n`);
  }
});

describe.each([
  ['a learner', () => standard, false],
  ['root in a sandbox', () => standard, true],
  ['a learner with an engine', () => withEngine, false],
  ['root in a sandbox with an engine', () => withEngine, true],
])('%s', (_who, where, root) => {
  test('reaches the internet by TCP', async () => {
    const { out, err } = await sandboxes.run(where(), dial(INTERNET), { root });
    expect({ out, err }).toEqual({ out: `reached ${INTERNET}\n`, err: '' });
    expect(world.arrivals()).toEqual([`${INTERNET} tcp`]);
  });

  test.each([
    ...SHUT.map((address) => ['a range that is shut', address]),
    ['the host by its public address', HOST_OWN],
    ['the host by its private address', HOST_PRIVATE],
    ['the host’s resolver past DNS', resolverOfHost()],
    ['slirp4netns’ name of the host', '10.0.2.2'],
    ['slirp4netns’ name of the resolver, past DNS', '10.0.2.3'],
    ['the gate', '10.0.1.1'],
    ['the gate’s other side', '10.0.2.100'],
  ])('is refused at once: %s, %s', async (_what, address) => {
    const { out, err } = await sandboxes.run(where(), dial(address), { root });
    expect(out).toBe('');
    expect(err).toMatch(/Connection refused/);
    expect(world.arrivals()).toEqual([]);
  });
});

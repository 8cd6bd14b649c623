import { expect, test } from 'vitest';
import type { SandboxSpec } from '../../../sandbox-server/sandbox/driver.ts';
import { FakeDriver, FakeHost } from '../../../sandbox-server/sandbox/fake/driver.ts';
import { FullDiskDriver } from '../../../sandbox-server/sandbox/fake/failing.ts';
import { Pool } from '../../../sandbox-server/session/pool.ts';
import { Spares } from '../../../sandbox-server/session/spares.ts';
import { openDatabase } from '../../../sandbox-server/store/database.ts';
import { SpareRecords } from '../../../sandbox-server/store/spare-records.ts';
import { LIMITS } from '../../support/limits.ts';

const MINUTE = 60_000;

const specOf = (image: string): SandboxSpec => ({ image, profile: 'standard', hostname: 'slip', limits: LIMITS });
const ONE = specOf('one');
const TWO = specOf('two');

function poolOn({ Driver = FakeDriver as typeof FakeDriver, size = 4, specs = [ONE, TWO] } = {}) {
  const engine = new FakeHost(['one', 'two']);
  const driver = new Driver(engine);
  const host = { room: 100, busy: false, now: 1_000_000, freed: 0 };
  const warnings: string[] = [];
  const warn = (_fields: object, text: string) => void warnings.push(text);
  const log = { info() {}, warn, error: warn };
  const now = () => host.now;
  const records = new SpareRecords(openDatabase(':memory:'), now);
  const spares = new Spares({ driver, records, startTimeoutMs: 1000, log });
  const pool: Pool = new Pool({
    size,
    spares,
    specs: () => specs,
    room: async () => host.room - pool.length,
    busy: () => host.busy,
    givenUp: () => host.freed++,
    now,
    log,
  });
  /** Images of those that wait, after a look at a quiet moment. */
  const settled = async () => {
    host.now += 1000;
    await pool.look();
    return images();
  };
  const images = () => [...engine.sandboxes.values()].map(({ spec, state }) => `${spec.image} ${state}`).sort();
  return { pool, host, specs, warnings, settled, images, records };
}

test('one of each kind waits, and runs', async () => {
  const { settled, pool } = poolOn();
  expect(await settled()).toEqual(['one ready', 'two ready']);
  expect(pool.length).toBe(2);
});

test('as many wait as were asked for in the last minutes, whether there was one or not', async () => {
  const { settled, pool, host } = poolOn();
  await settled();
  const claimed = [pool.claim(TWO), pool.claim(TWO), pool.claim(TWO)];
  expect(claimed.map((each) => each?.spec.image)).toEqual(['two', undefined, undefined]);
  for (const each of claimed) each?.take();
  expect(await settled()).toEqual(['one ready', 'two ready', 'two ready', 'two ready', 'two ready']);
  expect(pool.length).toBe(4); // the fifth is somebody's
  host.now += 4 * MINUTE;
  expect(await settled()).toEqual(['one ready', 'two ready', 'two ready']);
});

test('no more wait than may, and what is asked for most comes first', async () => {
  const { settled, pool } = poolOn({ size: 1 });
  pool.claim(TWO);
  expect(await settled()).toEqual(['two ready']);
  for (let n = 0; n < 5; n++) pool.claim(ONE);
  expect(await settled()).toEqual(['one ready']);
});

test('what waits is given once', async () => {
  const { settled, pool } = poolOn({ specs: [ONE] });
  await settled();
  const first = pool.claim(ONE)!;
  first.take();
  await settled();
  expect(pool.claim(ONE)!.id).not.toBe(first.id);
});

test('only what is made of the very same is given', async () => {
  const { settled, pool } = poolOn({ specs: [ONE] });
  await settled();
  expect(pool.claim({ ...ONE, limits: { ...LIMITS, cpus: 2 } })).toBeUndefined();
  expect(pool.claim({ ...ONE, layers: ['layer'] })).toBeUndefined();
  expect(pool.claim({ ...ONE, network: 'internet' })).toBeUndefined();
  expect(pool.claim({ ...ONE })).toBeDefined();
});

test('none is started while learners’ own are, or just after one was asked for', async () => {
  const { settled, pool, host } = poolOn();
  host.busy = true;
  expect(await settled()).toEqual([]);
  host.busy = false;
  pool.claim(ONE);
  await pool.look();
  expect(pool.length).toBe(0);
  expect(await settled()).toHaveLength(2);
});

test('where the host has no room none is started, and where others need it those that wait are given up', async () => {
  const { settled, host } = poolOn();
  host.room = 0;
  expect(await settled()).toEqual([]);
  host.room = 100;
  expect(await settled()).toHaveLength(2);
  host.room = 1;
  expect(await settled()).toHaveLength(1);
  expect(host.freed).toBe(1);
  host.room = -1;
  expect(await settled()).toEqual([]);
  expect(host.freed).toBe(2);
});

test('what was made of an image that is no course’s any more is removed', async () => {
  const { settled, specs } = poolOn();
  await settled();
  specs.splice(0, 2, TWO);
  await settled();
  await expect.poll(settled).toEqual(['two ready']);
});

test('where one cannot be started it is said once, and tried again later', async () => {
  const { settled, warnings, host, records } = poolOn({ Driver: FullDiskDriver });
  await settled();
  await settled();
  expect(warnings).toEqual(['no sandbox could be started ahead; it is tried again later']);
  host.now += 31_000;
  await settled();
  expect(warnings).toHaveLength(2);
  await expect.poll(() => records.all()).toEqual([]);
});

test('those that wait are removed when the server ends', async () => {
  const { settled, pool, images, records } = poolOn();
  await settled();
  await pool[Symbol.asyncDispose]();
  expect(images()).toEqual([]);
  expect(records.all()).toEqual([]);
});

test('with a size of 0 there is none', async () => {
  const { settled, pool } = poolOn({ size: 0 });
  expect(await settled()).toEqual([]);
  expect(pool.claim(ONE)).toBeUndefined();
});

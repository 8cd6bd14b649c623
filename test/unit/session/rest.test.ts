import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { FakeDriver, FakeHost } from '../../../sandbox-server/sandbox/fake/driver.ts';
import { DyingDriver } from '../../../sandbox-server/sandbox/fake/failing.ts';
import type { SandboxSession } from '../../../sandbox-server/session/sandbox-session.ts';
import { inWords } from '../../../sandbox-server/session/stop-reason.ts';
import { openDatabase } from '../../../sandbox-server/store/database.ts';
import { sessionsOn } from '../../support/sessions.ts';
import { TestTerminal } from '../../support/terminal.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** As the settings come. */
const TIMES = { idleFreezeMs: 10 * MINUTE, idleStopMs: 60 * MINUTE, expiryMs: 7 * DAY, extendMs: 7 * DAY };

/** A learner's sandbox that runs, in which they did something. */
async function visited(driver: FakeDriver = new FakeDriver(), config = {}) {
  const under = sessionsOn(driver, { ...TIMES, ...config });
  const session = under.sessions.open('ada', 'course', 'image');
  {
    using _viewer = session.view();
    await session.ready();
    const terminal = await TestTerminal.open(driver, session.id, 'main');
    terminal.type('echo done\n');
    await terminal.shows(/done\r\n\$ $/);
    terminal.close();
  }
  const after = async (ms: number) => {
    under.clock.now += ms;
    await under.sessions.sweep();
  };
  return { ...under, driver, session, after };
}

async function shown(driver: FakeDriver, session: SandboxSession): Promise<string> {
  await session.ready();
  const terminal = await TestTerminal.open(driver, session.id, 'main');
  await terminal.shows(/\$ $/);
  terminal.close();
  return terminal.text;
}

test.each([
  ['left for an hour', 'the sandbox was stopped after 60 minutes without you'],
  ['restarted', 'you restarted the sandbox'],
  ['in another learner’s way', 'the sandbox was stopped while you were away, to make room for another learner'],
])('the shells of a sandbox that was %s begin with what was there, and say why it ended', async (how, why) => {
  const { driver, session, sessions, after } = await visited(new FakeDriver(), { maxSandboxes: 1 });
  await after(11 * MINUTE);
  expect(session.state).toBe('frozen');
  if (how === 'restarted') await session.restart();
  else if (how === 'left for an hour') await after(50 * MINUTE);
  else await sessions.open('ben', 'course', 'image').ready();
  if (how === 'in another learner’s way') {
    expect(session.state).toBe('stopped');
    await sessions.find('ben', 'course')!.stop('restart');
  }
  expect(await shown(driver, session)).toContain(`done\r\n$ \r\n— This shell ended when ${why}. A new one: —\r\n$ `);
});

/** Whose `init` takes connections and says nothing. */
class SilentDriver extends FakeDriver {
  silent = false;

  override async connect(id: string): Promise<Duplex> {
    return this.silent ? new Promise<never>(() => {}) : super.connect(id);
  }
}

test('a sandbox whose init does not answer is stopped all the same', async () => {
  const driver = new SilentDriver();
  const { session, after } = await visited(driver);
  driver.silent = true;
  await after(61 * MINUTE);
  expect(session.state).toBe('stopped');
  driver.silent = false;
  expect(await shown(driver, session)).toBe('$ ');
});

/** Stops slowly. */
class SlowEndDriver extends FakeDriver {
  override async stop(id: string): Promise<void> {
    await sleep(30);
    await super.stop(id);
  }
}

test('who comes while a sandbox is being stopped gets the one that is started after it', async () => {
  const { driver, session } = await visited(new SlowEndDriver());
  const stopping = session.stop('idle');
  await session.ready();
  await stopping;
  expect(session.state).toBe('ready');
  expect(await driver.status(session.id)).toBe('ready');
});

test('who comes back is told once what became of the sandbox', async () => {
  const { session, after } = await visited();
  expect(session.attendance.takeReturned()).toBeUndefined();
  await after(11 * MINUTE);
  using viewer = session.view();
  await session.ready();
  expect([session.attendance.takeReturned(), session.attendance.takeReturned()]).toEqual(['frozen', undefined]);
  viewer[Symbol.dispose]();
  await after(11 * MINUTE);
  await after(50 * MINUTE);
  expect(session.state).toBe('stopped');
  await session.ready();
  expect(session.attendance.takeReturned()).toBe('stopped');
  await session.restart();
  expect(session.attendance.takeReturned()).toBeUndefined();
});

test('a sandbox that ended while it was frozen is not said to go on', async () => {
  const driver = new DyingDriver();
  const { session, after } = await visited(driver);
  await after(11 * MINUTE);
  await driver.die(session.id);
  using _viewer = session.view();
  await session.ready();
  expect(session.attendance.takeReturned()).toBe('stopped');
});

test('after a restart of the gateway too it is told', async () => {
  const host = new FakeHost();
  const database = openDatabase(':memory:');
  const before = sessionsOn(new FakeDriver(host), TIMES, database);
  const frozen = before.sessions.open('ada', 'course', 'image');
  const stopped = before.sessions.open('ben', 'course', 'image');
  await Promise.all([frozen.ready(), stopped.ready()]);
  await frozen.freeze();
  await new FakeDriver(host).stop(stopped.id);
  const after = sessionsOn(new FakeDriver(host), TIMES, database);
  await after.sessions.reconcile();
  expect(after.sessions.find('ada', 'course')!.attendance.takeReturned()).toBe('frozen');
  expect(after.sessions.find('ben', 'course')!.attendance.takeReturned()).toBe('stopped');
});

test('it is told when a sandbox will be put to rest, step by step', async () => {
  const { sessions, session, clock, after } = await visited();
  const left = clock.now;
  const noSession = { sessionEndsAt: null, sessionExtendable: false };
  expect(sessions.life(undefined)).toEqual({
    freezesAt: null,
    stopsAt: null,
    deletedAt: null,
    extendable: false,
    ...noSession,
  });
  const deletedAt = left + 7 * DAY;
  const stopsAt = left + 60 * MINUTE;
  expect(sessions.life(session)).toEqual({
    freezesAt: left + 10 * MINUTE,
    stopsAt,
    deletedAt,
    extendable: true,
    ...noSession,
  });
  await after(11 * MINUTE);
  expect(sessions.life(session)).toMatchObject({ freezesAt: null, stopsAt, deletedAt });
  await after(50 * MINUTE);
  expect(sessions.life(session)).toMatchObject({ freezesAt: null, stopsAt: null, deletedAt });
  using _viewer = session.view();
  await session.ready();
  expect(sessions.life(session)).toMatchObject({ freezesAt: null, stopsAt: null, deletedAt: clock.now + 7 * DAY });
});

test('who asks has their files kept longer, from then on; asking again does not add up', async () => {
  const { sessions, session, clock, records, after } = await visited();
  const asked = clock.now;
  sessions.extend(session);
  sessions.extend(session);
  const kept = { deletedAt: asked + 14 * DAY, extendable: false };
  expect(sessions.life(session)).toMatchObject(kept);
  expect(records.find('ada', 'course')!.keepUntil).toBe(asked + 14 * DAY);
  await after(10 * DAY);
  expect(session.state).toBe('stopped');
  expect(sessions.life(session)).toMatchObject({ ...kept, extendable: true });
  await after(5 * DAY);
  expect(session.state).toBe('gone');
  expect(records.all()).toEqual([]);
});

test.each([
  ['learners may not', { extendMs: 0 }],
  ['nothing is ever deleted', { expiryMs: 0 }],
])('where %s, nothing is extended', async (_title, config) => {
  const { sessions, session, records } = await visited(new FakeDriver(), config);
  sessions.extend(session);
  expect(sessions.life(session).extendable).toBe(false);
  expect(records.find('ada', 'course')!.keepUntil).toBe(0);
});

test.each([
  [60 * MINUTE, '60 minutes'],
  [2 * 60 * MINUTE, '2 hours'],
  [90_000, '90 seconds'],
  [3 * DAY, '3 days'],
  [1000, '1 second'],
])('%d ms are said as %s', (ms, words) => {
  expect(inWords(ms)).toBe(words);
});

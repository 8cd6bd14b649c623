import { expect, test } from 'vitest';
import { FakeDriver, FakeHost } from '../../../sandbox-server/sandbox/fake/driver.ts';
import { Clock } from '../../../sandbox-server/session/clock.ts';
import { openDatabase } from '../../../sandbox-server/store/database.ts';
import { sessionsOn, type SessionsUnderTest } from '../../support/sessions.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const YEARS = 10 * 365 * DAY;

const TIMES = { idleFreezeMs: 10 * MINUTE, idleStopMs: 60 * MINUTE, expiryMs: 7 * DAY };

function pass({ clock, sessions }: SessionsUnderTest, ms: number): Promise<void> {
  clock.now += ms;
  return sessions.sweep();
}

function jump({ clock, sessions }: SessionsUnderTest, ms: number): Promise<void> {
  clock.now += ms;
  clock.jumped += ms;
  return sessions.sweep();
}

async function left(database = openDatabase(':memory:'), host = new FakeHost(['image'])) {
  const under = sessionsOn(new FakeDriver(host), TIMES, database);
  const session = under.sessions.open('ada', 'course', 'image');
  {
    using _viewer = session.view();
    await session.ready();
  }
  return { under, session, database, host };
}

test('a clock tells of jumps, and not of time that passes', () => {
  const time = { wall: 0, steady: 0 };
  const clock = new Clock(
    () => time.wall,
    () => time.steady,
  );
  const jumps: number[] = [];
  using _listening = clock.onJump((ms) => jumps.push(ms));
  time.wall = time.steady = DAY;
  expect([clock.now(), jumps]).toEqual([DAY, []]);
  time.wall += YEARS;
  expect([clock.now(), jumps]).toEqual([DAY + YEARS, [YEARS]]);
  time.wall -= YEARS;
  expect([clock.now(), jumps]).toEqual([DAY, [YEARS, -YEARS]]);
});

test('a clock that jumps ten years ahead and back ends nothing before its time', async () => {
  const { under, session } = await left();
  await pass(under, 5 * MINUTE);
  await jump(under, YEARS);
  expect([session.state, session.idleMs]).toEqual(['ready', 5 * MINUTE]);
  await pass(under, 6 * MINUTE);
  expect(session.state).toBe('frozen'); // eleven minutes have passed
  await pass(under, DAY / 2);
  await jump(under, -YEARS);
  expect(under.records.all()).toHaveLength(1);
  expect(session.state).toBe('frozen');
  // What is due is done again after a day of a clock that goes as it should.
  await pass(under, DAY + MINUTE);
  expect(session.state).toBe('stopped');
  await pass(under, 8 * DAY);
  expect(under.records.all()).toEqual([]);
});

test('who looks while the clock is years ahead does not keep a sandbox for years', async () => {
  const { under, session } = await left();
  await jump(under, YEARS);
  session.view()[Symbol.dispose]();
  await jump(under, -YEARS);
  expect(session.idleMs).toBe(0);
  await pass(under, 2 * DAY);
  expect(session.state).toBe('stopped');
});

test.each([
  ['ahead', YEARS],
  ['behind', -YEARS],
])('a server that starts with a clock that is years %s ends nothing, nor when it is set right', async (_what, ms) => {
  const { under: before, database, host } = await left();
  const under = sessionsOn(new FakeDriver(host), TIMES, database);
  under.clock.now = before.clock.now + ms;
  under.clock.jumped = ms;
  await under.sessions.reconcile();
  await pass(under, 2 * 60 * MINUTE);
  expect(under.sessions.find('ada', 'course')!.state).not.toBe('stopped');
  await jump(under, -ms);
  await pass(under, 3 * 60 * MINUTE);
  expect(under.records.all()).toHaveLength(1);
  expect(under.sessions.find('ada', 'course')!.state).not.toBe('stopped');

  // And the one after it knows the right time of all.
  const next = sessionsOn(new FakeDriver(host), TIMES, database);
  next.clock.now = under.clock.now;
  await next.sessions.reconcile();
  await pass(next, 6 * DAY);
  expect(next.records.all()).toHaveLength(1);
  await pass(next, 2 * DAY);
  expect(next.records.all()).toEqual([]);
});

test('a server that was off for longer than it keeps files gives their learners a day to come', async () => {
  const { under: before, database, host } = await left();
  const under = sessionsOn(new FakeDriver(host), TIMES, database);
  under.clock.now = before.clock.now + 60 * DAY;
  await under.sessions.reconcile();
  await pass(under, DAY / 2);
  expect(under.records.all()).toHaveLength(1);
  await pass(under, DAY);
  expect(under.records.all()).toEqual([]);
});

import { expect, test } from 'vitest';
import type { SandboxStats } from '../../../sandbox-server/sandbox/driver.ts';
import { FakeDriver } from '../../../sandbox-server/sandbox/fake/driver.ts';
import type { Happening } from '../../../sandbox-server/session/happening.ts';
import { Unattended } from '../../../sandbox-server/session/unattended.ts';
import { sessionsOn } from '../../support/sessions.ts';

const MINUTE = 60_000;
const PROCESSORS = 4;

/** Its sandboxes have used as much of a processor as a test says. */
class BusyDriver extends FakeDriver {
  cpuMicroseconds = 0;
  lost = false;

  override async stats(id: string): Promise<SandboxStats> {
    return { ...(await super.stats(id)), cpuMicroseconds: this.cpuMicroseconds };
  }

  override async throttle(id: string, share: number): Promise<void> {
    if (this.lost) throw new Error('the supervisor is away');
    return super.throttle(id, share);
  }
}

async function left({ driver = new BusyDriver(), idle = 0.5 } = {}) {
  const events: Happening[] = [];
  const host = { number: PROCESSORS, idleMs: 0, load: 9 };
  const under = sessionsOn(driver, {}, undefined, undefined, undefined, (each) => unattended.returned(each));
  const make = () =>
    new Unattended({
      driver,
      sessions: () => under.sessions.all(),
      now: () => under.clock.now,
      busyAfterMs: 5 * MINUTE,
      busyShare: 0.1,
      host: () => ({ ...host }),
      onHappening: (_whose, happening) => void events.push(happening),
      log: { info() {}, warn: (_fields, text) => void under.warnings.push(text) },
    });
  let unattended = make();
  const session = under.sessions.open('ada', 'course', 'image');
  await session.ready();
  const minutes = async (count: number, use: number) => {
    for (let n = 0; n < count; n++) {
      under.clock.now += MINUTE;
      driver.cpuMicroseconds += use * MINUTE * 1000;
      host.idleMs += idle * PROCESSORS * MINUTE;
      await unattended.look();
    }
  };
  await unattended.look();
  const again = () => (unattended = make());
  const share = async () => (await driver.stats(session.id)).processorShare;
  return { ...under, driver, session, minutes, share, events, again };
}

test('what is busy for long with nobody there is slowed down, told once, and not sooner', async () => {
  const { session, minutes, share, events, warnings } = await left();
  await minutes(4, 1);
  expect([session.throttled, await share(), events]).toEqual([false, 1, []]);
  await minutes(1, 0.81);
  expect([session.throttled, await share(), events]).toEqual([true, 0.1, [{ event: 'throttled' }]]);
  await minutes(9, 0.1);
  expect([session.throttled, events.length]).toEqual([true, 1]);
  expect(warnings).toEqual(['slowed down: busy for long with nobody there']);
});

test.each([
  ['is quiet now and then', [1, 1, 1, 1, 0, 0.9, 1, 1, 1, 0]],
  ['is never quite busy', Array<number>(20).fill(0.79)],
])('what %s is left alone', async (_what, uses) => {
  const { session, minutes } = await left();
  for (const use of uses) await minutes(1, use);
  expect(session.throttled).toBe(false);
});

test('somebody who looks may be busy for as long as they like', async () => {
  const { session, minutes } = await left();
  using _viewer = session.view();
  await minutes(60, 1);
  expect(session.throttled).toBe(false);
});

test('the time starts anew when somebody was there', async () => {
  const { session, minutes } = await left();
  await minutes(4, 1);
  session.view()[Symbol.dispose]();
  await minutes(5, 1);
  expect(session.throttled).toBe(false);
  await minutes(1, 1);
  expect(session.throttled).toBe(true);
});

test('whoever comes back has all processors at once, and is told what happened', async () => {
  const { session, minutes, share, events } = await left();
  await minutes(5, 1);
  using _viewer = session.view();
  await expect.poll(share).toBe(1);
  expect([session.throttled, session.attendance.takeReturned()]).toEqual([false, 'throttled']);
  expect(events.at(-1)).toEqual({ event: 'unthrottled', reason: 'returned' });
});

test('whoever comes back while the supervisor is away has all processors as soon as it is there', async () => {
  const { driver, session, minutes, share } = await left();
  await minutes(5, 1);
  driver.lost = true;
  using _viewer = session.view();
  await minutes(1, 1);
  expect(await share()).toBe(0.1);
  driver.lost = false;
  await minutes(1, 1);
  expect([session.throttled, await share()]).toEqual([false, 1]);
});

test('what has become quiet has all processors again, and its learner is told all the same', async () => {
  const { session, minutes, share, events } = await left();
  await minutes(5, 1);
  await minutes(1, 0.02);
  expect([session.throttled, await share(), events.at(-1)]).toEqual([
    false,
    1,
    { event: 'unthrottled', reason: 'quiet' },
  ]);
  expect(session.attendance.takeReturned()).toBe('throttled');
});

test('a gateway that was started again knows what is slowed down, whoever comes first', async () => {
  const first = await left();
  await first.minutes(5, 1);
  first.session.throttled = false;
  first.again();
  await first.minutes(1, 0.1);
  expect(first.session.throttled).toBe(true);

  const second = await left();
  await second.minutes(5, 1);
  second.session.throttled = false;
  second.again();
  using _viewer = second.session.view();
  await expect.poll(second.share).toBe(1);
});

test('what was stopped starts with all of its processors', async () => {
  const { session, minutes, share } = await left();
  await minutes(5, 1);
  await session.stop('idle');
  await minutes(1, 0);
  expect(session.throttled).toBe(false);
  await session.ready();
  await minutes(2, 1);
  expect([session.throttled, await share()]).toEqual([false, 1]);
});

test('on a host that has no more to give, what a process gets there is busy', async () => {
  // Nine on four processors: each gets 0.44 of one.
  const busy = await left({ idle: 0 });
  await busy.minutes(6, 0.4);
  expect(busy.session.throttled).toBe(true);
  const quiet = await left({ idle: 0 });
  await quiet.minutes(20, 0.3);
  expect(quiet.session.throttled).toBe(false);
});

test('one that cannot be slowed down, or given back what it had, is told, and tried again', async () => {
  const { driver, session, minutes, warnings, share } = await left();
  driver.lost = true;
  await minutes(5, 1);
  expect(warnings).toEqual(['how busy a sandbox is could not be found out']);
  driver.lost = false;
  await minutes(6, 1);
  expect(session.throttled).toBe(true);
  driver.lost = true;
  await minutes(1, 0);
  expect([session.throttled, await share()]).toEqual([true, 0.1]);
  driver.lost = false;
  await minutes(1, 0);
  expect([session.throttled, await share()]).toEqual([false, 1]);
});

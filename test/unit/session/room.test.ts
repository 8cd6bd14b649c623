import { describe, expect, test } from 'vitest';
import type { Wait } from '../../../sandbox-server/protocol/messages.ts';
import { FakeDriver, FakeHost } from '../../../sandbox-server/sandbox/fake/driver.ts';
import type { SandboxSession } from '../../../sandbox-server/session/sandbox-session.ts';
import { specOf } from '../../../sandbox-server/session/spec.ts';
import type { SessionsOptions } from '../../../sandbox-server/session/sessions-options.ts';
import { openDatabase } from '../../../sandbox-server/store/database.ts';
import { Learners } from '../../../sandbox-server/store/learners.ts';
import { LIMITS_OF } from '../../support/limits.ts';
import { sessionsOn } from '../../support/sessions.ts';

const IMAGES = { image: { id: 'image', profile: 'standard' } } as const;
const OTHER = { id: 'other', profile: 'standard' } as const;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MIB = 2 ** 20;

/** A learner whose page is open: what it was told last of its wait, and what came of it. */
interface Visitor {
  session: SandboxSession;
  wait: () => Wait | undefined;
  outcome: () => string;
  leave: () => void;
}

function houseWith(
  config: Partial<SessionsOptions['config']>,
  host = new FakeHost(['image', 'other']),
  database = openDatabase(':memory:'),
) {
  const specs = () => [specOf({ id: 'image', profile: 'standard' }, LIMITS_OF)];
  const under = sessionsOn(new FakeDriver(host), config, database, undefined, undefined, undefined, specs);
  const learners = new Learners(database, () => under.clock.now);
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    await under.sessions.sweep();
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const comes = async (
    learner: string,
    { course = 'course', address = learner, image = 'image' } = {},
  ): Promise<Visitor> => {
    if (!learners.visit(learner)) learners.create(learner);
    const session = under.sessions.open(learner, course, image, address);
    const view = session.view();
    let wait: Wait | undefined;
    let outcome = 'waits';
    void session
      .ready((_stage, told) => (wait = told))
      .then(
        () => (outcome = 'in'),
        (error: { code: string }) => (outcome = error.code),
      );
    await settled();
    return { session, wait: () => wait, outcome: () => outcome, leave: () => view[Symbol.dispose]() };
  };
  const passes = async (ms: number) => {
    under.clock.now += ms;
    await settled();
  };
  return { ...under, host, database, comes, passes, settled };
}

const places = (visitors: Visitor[]) =>
  visitors.map((visitor) => {
    const wait = visitor.wait();
    return wait && 'place' in wait ? wait.place : visitor.outcome();
  });

describe('the queue', () => {
  test('lets in whoever came first, whatever the others do', async () => {
    const { comes, settled } = houseWith({ maxSandboxes: 1 });
    const first = await comes('first');
    const [ada, ben, eve] = [await comes('ada'), await comes('ben'), await comes('eve')];
    expect([first.outcome(), ...places([ada, ben, eve])]).toEqual(['in', 1, 2, 3]);
    for (const [gone, expected] of [
      [first, ['in', 'waits', 'waits']],
      [ada, ['in', 'in', 'waits']],
      [ben, ['in', 'in', 'in']],
    ] as const) {
      await gone.session.stop('idle');
      await settled();
      expect([ada, ben, eve].map((visitor) => visitor.outcome())).toEqual(expected);
    }
  });

  test('has one place for a learner, however many courses they wait for, and then the last one', async () => {
    const { comes, settled } = houseWith({ maxSandboxes: 1 });
    const first = await comes('first');
    const ada = await comes('ada');
    const more = await comes('ada', { course: 'another' });
    const ben = await comes('ben');
    expect(places([ada, more, ben])).toEqual([1, 1, 2]);
    await first.session.stop('idle');
    await settled();
    expect([ada, more, ben].map((visitor) => visitor.outcome())).toEqual(['in', 'waits', 'waits']);
    expect(places([ben, more])).toEqual([1, 2]);
  });

  test('keeps a place for two minutes, passes over who is away when it is their turn, and lets them in when they are back', async () => {
    const { comes, passes, settled } = houseWith({ maxSandboxes: 1 });
    const first = await comes('first');
    const [ada, ben] = [await comes('ada'), await comes('ben')];
    ada.leave();
    await passes(30 * SECOND);
    await first.session.stop('idle');
    await settled();
    expect([ada.outcome(), ben.outcome()]).toEqual(['waits', 'in']);
    const back = ada.session.view();
    await ben.session.stop('idle');
    await settled();
    expect(ada.outcome()).toBe('in');
    back[Symbol.dispose]();
  });

  test('forgets who is away for longer', async () => {
    const { comes, passes } = houseWith({ maxSandboxes: 1 });
    await comes('first');
    const [ada, ben] = [await comes('ada'), await comes('ben')];
    ada.leave();
    await passes(2 * MINUTE);
    expect([ada.outcome(), ...places([ben])]).toEqual(['no-room', 1]);
  });

  test('has an end, of which one address gets half', async () => {
    const { comes } = houseWith({ maxSandboxes: 1, queueLength: 4 });
    await comes('first');
    const flood = [];
    for (const name of ['a', 'b', 'c']) flood.push(await comes(name, { address: 'flood' }));
    expect(flood.map((visitor) => visitor.outcome())).toEqual(['waits', 'waits', 'queue-full']);
    const others = [await comes('x'), await comes('y'), await comes('z')];
    expect(others.map((visitor) => visitor.outcome())).toEqual(['waits', 'waits', 'queue-full']);
  });

  test('says how long when it has seen how often places become free, and does not jump', async () => {
    const { comes, passes, settled } = houseWith({ maxSandboxes: 1 });
    let inside = await comes('first');
    const ada = await comes('a');
    expect(ada.wait()).toEqual({ why: 'places', place: 1, aboutMinutes: null });
    const line = [ada];
    for (const name of ['b', 'c', 'd', 'e', 'f', 'g']) line.push(await comes(name));
    for (let left = 0; left < 3; left++) {
      await passes(2 * MINUTE);
      await inside.session.stop('idle');
      await settled();
      inside = line.shift()!;
    }
    const told = line.map((visitor) => visitor.wait());
    expect(told).toEqual([
      { why: 'places', place: 1, aboutMinutes: 2 },
      { why: 'places', place: 2, aboutMinutes: 4 },
      { why: 'places', place: 3, aboutMinutes: 6 },
      { why: 'places', place: 4, aboutMinutes: 8 },
    ]);
    await passes(10 * SECOND); // nobody leaves for a moment: nothing is told anew
    expect(line.map((visitor) => visitor.wait())).toEqual(told);
    await passes(10 * MINUTE); // and for long: it takes longer than was thought
    expect((line[0]!.wait() as { aboutMinutes: number }).aboutMinutes).toBeGreaterThan(2);
  });
});

describe('limits of one learner or one address', () => {
  test('hold up nobody behind them, and go by as soon as they can', async () => {
    const { comes, passes } = houseWith({ startsPerAddress: 2 });
    const near = [];
    for (const name of ['a', 'b', 'c', 'd']) near.push(await comes(name, { address: 'near' }));
    const far = await comes('far');
    expect([...near, far].map((visitor) => visitor.outcome())).toEqual(['in', 'in', 'waits', 'waits', 'in']);
    expect(near.map((visitor) => visitor.wait())).toEqual([
      undefined,
      undefined,
      { why: 'rate', inMs: 30 * SECOND },
      { why: 'rate', inMs: MINUTE },
    ]);
    await passes(30 * SECOND);
    expect(near.map((visitor) => visitor.outcome())).toEqual(['in', 'in', 'in', 'waits']);
    await passes(30 * SECOND);
    expect(near[3]!.outcome()).toBe('in');
  });

  test('a class of 60 behind one address starts at once with the default', async () => {
    const { comes } = houseWith({ startsPerAddress: 120, startsPerLearner: 12, maxSandboxes: 100 });
    const pupils = await Promise.all(
      Array.from({ length: 60 }, (_, index) => comes(`pupil-${index}`, { address: 'school' })),
    );
    expect(pupils.every((pupil) => pupil.outcome() === 'in')).toBe(true);
  });

  test('a learner’s own sandbox that they do not look at is stopped for another of theirs', async () => {
    const { comes, passes } = houseWith({ sandboxesPerLearner: 1 });
    const first = await comes('ada');
    const second = await comes('ada', { course: 'another' });
    expect(second.wait()).toEqual({ why: 'yours', running: 1 });
    first.leave();
    await passes(10 * SECOND);
    expect([first.session.state, second.outcome()]).toEqual(['ready', 'waits']); // it may be a reload
    await passes(10 * SECOND);
    expect([first.session.state, second.outcome()]).toEqual(['stopped', 'in']);
  });

  test('one address gets so many places and no more', async () => {
    const { comes } = houseWith({ sandboxesPerAddress: 2, maxSandboxes: 3 });
    const many = [];
    for (const name of ['a', 'b', 'c']) many.push(await comes(name, { address: 'many' }));
    expect(many.map((visitor) => visitor.outcome())).toEqual(['in', 'in', 'waits']);
    expect(many[2]!.wait()).toEqual({ why: 'address', running: 2 });
    expect((await comes('other')).outcome()).toBe('in');
  });
});

describe('the host’s marks', () => {
  const capacity = (memory: number, disk: number) => ({
    memory: { totalBytes: 8192 * MIB, availableBytes: memory * MIB },
    disk: { totalBytes: 8192 * MIB, freeBytes: disk * MIB },
  });

  test('with too little memory newcomers wait and what is looked at goes on; what nobody looks at is stopped', async () => {
    const { comes, passes, host } = houseWith({ minFreeMemoryBytes: 512 * MIB });
    const [here, away] = [await comes('here'), await comes('away')];
    host.capacity = capacity(500, 4000);
    const newcomer = await comes('new');
    expect(newcomer.wait()).toMatchObject({ why: 'memory', place: 1 });
    away.leave();
    await passes(6 * MINUTE);
    expect([here.session.state, away.session.state, newcomer.outcome()]).toEqual(['ready', 'stopped', 'waits']);
    host.capacity = capacity(4000, 4000);
    await passes(5 * SECOND);
    expect(newcomer.outcome()).toBe('in');
  });

  test('where what runs takes too much, what nobody looks at is stopped though nobody waits, one at a time', async () => {
    const { comes, passes, host } = houseWith({ minFreeMemoryBytes: 512 * MIB, maxSandboxes: 10 });
    const [here, ada, ben] = [await comes('here'), await comes('ada'), await comes('ben')];
    ada.leave();
    ben.leave();
    await passes(6 * MINUTE);
    expect([ada, ben].map(({ session }) => session.state)).toEqual(['ready', 'ready']);
    host.capacity = capacity(300, 8192);
    await passes(SECOND);
    expect([ada, ben].map(({ session }) => session.state).toSorted()).toEqual(['ready', 'stopped']);
    await passes(SECOND);
    expect([here, ada, ben].map(({ session }) => session.state)).toEqual(['ready', 'stopped', 'stopped']);
    await passes(SECOND);
    expect(here.session.state).toBe('ready');
  });

  test('who needs little does not overtake who needs much', async () => {
    const images = {
      image: { id: 'image', profile: 'standard' },
      large: { id: 'large', profile: 'containers' },
    } as const;
    const limits = {
      standard: { ...LIMITS_OF.standard, memoryBytes: 400 * MIB },
      containers: { ...LIMITS_OF.containers, memoryBytes: 8000 * MIB },
    };
    const { comes, host } = houseWith({ minFreeMemoryBytes: 512 * MIB, maxSandboxes: 10, images, limits });
    host.capacity = capacity(1024, 8192);
    const large = await comes('large', { image: 'large' });
    const small = await comes('small');
    expect(places([large, small])).toEqual([1, 2]);
    large.leave();
    await large.session.stop('removal');
    expect((await comes('another')).outcome()).toBe('in');
  });

  test('what was let in just now counts with the memory that it will take', async () => {
    const { comes, passes, host } = houseWith({ minFreeMemoryBytes: 512 * MIB });
    host.capacity = capacity(580, 4000); // a quarter of 128 MiB is counted on: two fit above the mark
    const visitors = [await comes('a'), await comes('b'), await comes('c')];
    expect(visitors.map((visitor) => visitor.outcome())).toEqual(['in', 'in', 'waits']);
    await passes(20 * SECOND);
    expect(visitors[2]!.outcome()).toBe('in');
  });

  test('with too little disk who needs a new one waits, and who has one starts', async () => {
    const { comes, settled, host, passes } = houseWith({ minFreeDiskBytes: 512 * MIB });
    const old = await comes('old');
    await old.session.stop('idle');
    host.capacity = capacity(4000, 500);
    const newcomer = await comes('new');
    expect(newcomer.wait()).toEqual({ why: 'disk', place: 1, aboutMinutes: null });
    await old.session.ready();
    await settled();
    expect(old.session.state).toBe('ready');
    host.capacity = capacity(4000, 600);
    await passes(5 * SECOND);
    expect(newcomer.outcome()).toBe('in');
  });
});

describe('a session’s time', () => {
  const TIMES = { sessionTimeMs: 60 * MINUTE, sessionExtendMs: 30 * MINUTE };

  test('ends the sandbox though somebody looks; they can start again', async () => {
    const { comes, passes } = houseWith(TIMES);
    const { session } = await comes('ada');
    await passes(59 * MINUTE);
    expect(session.state).toBe('ready');
    await passes(MINUTE);
    expect([session.state, session.lastEnd]).toEqual(['stopped', 'time']);
    await session.ready();
    await passes(59 * MINUTE);
    expect(session.state).toBe('ready');
  });

  test('is no longer for a restart, and none after a restart of the server', async () => {
    const { comes, passes, host, database, clock } = houseWith(TIMES);
    const { session } = await comes('ada');
    await passes(40 * MINUTE);
    await session.restart();
    const next = sessionsOn(new FakeDriver(host), TIMES, database);
    next.clock.now = clock.now;
    await next.sessions.reconcile();
    const again = next.sessions.find('ada', 'course')!;
    expect(again.time.told).toEqual({ leftMs: 20 * MINUTE, extendMs: 30 * MINUTE });
  });

  test('can be put off, but not while others wait', async () => {
    const { comes, passes, sessions } = houseWith({ ...TIMES, maxSandboxes: 1 });
    const { session } = await comes('ada');
    await passes(50 * MINUTE);
    sessions.extendSession(session);
    expect(session.time.told!.leftMs).toBe(30 * MINUTE);
    await passes(10 * MINUTE);
    await comes('ben');
    expect(() => sessions.extendSession(session)).toThrow(expect.objectContaining({ code: 'others-wait' }));
  });
});

describe('a sandbox that runs ahead', () => {
  const WAITS = { timeout: 5000 };

  test('is given up for who waits for a place, whatever it was made of', async () => {
    const house = houseWith({ poolSize: 1, maxSandboxes: 2, images: { ...IMAGES, other: OTHER } });
    await expect.poll(() => house.sessions.pooled, WAITS).toBe(1);
    expect(await house.comes('ada', { image: 'other' })).toBeDefined();
    const ben = await house.comes('ben', { image: 'other' });
    await expect.poll(() => [ben.outcome(), house.sessions.pooled], WAITS).toEqual(['in', 0]);
  });

  test('is started though somebody waits for what is theirs alone', async () => {
    const house = houseWith({ poolSize: 1, startsPerLearner: 1 });
    await expect.poll(() => house.sessions.pooled, WAITS).toBe(1);
    await house.comes('ada');
    const second = await house.comes('ada', { course: 'second' });
    expect(second.wait()).toMatchObject({ why: 'rate' });
    await house.passes(SECOND);
    await expect.poll(() => house.sessions.pooled, WAITS).toBe(1);
    expect(second.outcome()).toBe('waits');
  });
});

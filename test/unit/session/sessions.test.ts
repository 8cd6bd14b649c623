import { expect, test } from 'vitest';
import { FakeDriver, FakeHost } from '../../../sandbox-server/sandbox/fake/driver.ts';
import {
  AwayDriver,
  DyingDriver,
  FullDiskDriver,
  NeverReadyDriver,
  SlowDriver,
} from '../../../sandbox-server/sandbox/fake/failing.ts';
import { openDatabase } from '../../../sandbox-server/store/database.ts';
import { sessionsOn } from '../../support/sessions.ts';

const MINUTE = 60_000;

test('a learner has one sandbox per course, and no two learners share one', () => {
  const { sessions } = sessionsOn(new FakeDriver());
  const first = sessions.open('ada', 'course', 'image');
  expect(sessions.open('ada', 'course', 'image')).toBe(first);
  expect(sessions.open('ada', 'other', 'image').id).not.toBe(first.id);
  expect(sessions.open('ben', 'course', 'image').id).not.toBe(first.id);
});

test('all who ask while a sandbox starts wait for the same start and hear its stages', async () => {
  const { sessions } = sessionsOn(new SlowDriver(20));
  const session = sessions.open('ada', 'course', 'image');
  const heard: string[][] = [[], []];
  const one = session.ready((stage) => heard[0]!.push(stage));
  const two = session.ready((stage) => heard[1]!.push(stage));
  expect(session.state).toBe('requested');
  await Promise.all([one, two]);
  expect(session.state).toBe('ready');
  expect(heard[0]).toEqual(['disk', 'container', 'shell']);
  expect(heard[1]!.at(-1)).toBe('shell');
});

test.each([
  ['the host’s disk is full', new FullDiskDriver(), 'host-disk-full'],
  ['the supervisor is away', new AwayDriver(), 'supervisor-away'],
  ['a start never ends', new NeverReadyDriver(), 'start-timeout'],
] as const)('when %s, the learner is told by %s a code, and can try again', async (_title, driver, code) => {
  const { sessions } = sessionsOn(driver, { startTimeoutMs: 30 });
  const session = sessions.open('ada', 'course', 'image');
  await expect(session.ready()).rejects.toMatchObject({ code });
  expect(session.state).toBe('stopped');
  expect(session.failure).toBe(code);
  await expect(session.ready()).rejects.toMatchObject({ code });
});

test('a course whose image was never built is refused before anything is made', () => {
  const { sessions, records } = sessionsOn(new FakeDriver());
  expect(() => sessions.open('ada', 'course', 'unbuilt')).toThrow(expect.objectContaining({ code: 'image-missing' }));
  expect(records.all()).toEqual([]);
});

test('a sandbox that died is started again over its disk when somebody comes', async () => {
  const driver = new DyingDriver();
  const { sessions } = sessionsOn(driver);
  const session = sessions.open('ada', 'course', 'image');
  (await session.connect()).destroy();
  await driver.die(session.id);
  (await session.connect()).destroy();
  expect(session.state).toBe('ready');
});

test('the host’s limit holds: a newcomer waits for room', async () => {
  const { sessions } = sessionsOn(new FakeDriver(), { maxSandboxes: 1 });
  const first = sessions.open('ada', 'course', 'image');
  await first.ready();
  using _viewer = first.view();
  await expect(sessions.open('ben', 'course', 'image').ready()).rejects.toMatchObject({ code: 'no-room' });
});

test('a sandbox that nobody has looked at for a while makes room for a newcomer', async () => {
  const { sessions, clock } = sessionsOn(new FakeDriver(), { maxSandboxes: 1 });
  const first = sessions.open('ada', 'course', 'image');
  await first.ready();
  first.view()[Symbol.dispose]();
  clock.now += 6 * MINUTE;
  const stages: string[] = [];
  await sessions.open('ben', 'course', 'image').ready((stage) => stages.push(stage));
  expect(stages).toEqual(['queue', 'disk', 'container', 'shell']);
  expect(first.state).toBe('stopped');
});

test('an idle sandbox is frozen, then stopped, then removed; one that is looked at is left alone', async () => {
  const times = { idleFreezeMs: MINUTE, idleStopMs: 10 * MINUTE, expiryMs: 100 * MINUTE };
  const { sessions, clock, records } = sessionsOn(new FakeDriver(), times);
  const [idle, busy] = [sessions.open('ada', 'course', 'image'), sessions.open('ben', 'course', 'image')];
  await Promise.all([idle.ready(), busy.ready()]);
  idle.view()[Symbol.dispose]();
  using _viewer = busy.view();
  for (const [after, state] of [
    [2 * MINUTE, 'frozen'],
    [10 * MINUTE, 'stopped'],
    [100 * MINUTE, 'gone'],
  ] as const) {
    clock.now += after;
    await sessions.sweep();
    expect(idle.state).toBe(state);
    expect(busy.state).toBe('ready');
  }
  expect(records.all().map((record) => record.learner)).toEqual(['ben']);
  expect(sessions.open('ada', 'course', 'image').state).toBe('requested');
});

test('a frozen sandbox goes on when its learner comes back', async () => {
  const { sessions, clock } = sessionsOn(new FakeDriver(), { idleFreezeMs: MINUTE });
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  session.view()[Symbol.dispose]();
  clock.now += 2 * MINUTE;
  await sessions.sweep();
  expect(session.state).toBe('frozen');
  (await session.connect()).destroy();
  expect(session.state).toBe('ready');
});

test('the next gateway adopts what runs, drops what is gone, and keeps what it does not know', async () => {
  const host = new FakeHost(['image']);
  const database = openDatabase(':memory:');
  const before = sessionsOn(new FakeDriver(host), {}, database);
  const [runs, gone] = [before.sessions.open('ada', 'course', 'image'), before.sessions.open('ben', 'course', 'image')];
  await Promise.all([runs.ready(), gone.ready()]);
  await new FakeDriver(host).destroy(gone.id);
  await new FakeDriver(host).create('stranger', {
    image: 'image',
    profile: 'standard',
    hostname: 'slip',
    limits: {} as never,
  });

  const after = sessionsOn(new FakeDriver(host), {}, database);
  await after.sessions.reconcile();
  expect(after.sessions.find('ada', 'course')).toMatchObject({ id: runs.id, state: 'ready' });
  expect(after.records.all().map((record) => record.id)).toEqual([runs.id]);
  expect(host.sandboxes.has('stranger')).toBe(true);
  expect(after.warnings).toEqual([
    'removed a note of a sandbox: there is no such sandbox any more; its learner gets a new one',
    'kept a sandbox: the database does not say whose it is',
  ]);
});

test('a restart ends the programs and keeps the sandbox', async () => {
  const { sessions } = sessionsOn(new FakeDriver());
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  await session.stop('restart');
  expect(session.state).toBe('stopped');
  await session.ready();
  expect(session.state).toBe('ready');
});

test('two newcomers at once do not both get the last place', async () => {
  const { sessions } = sessionsOn(new SlowDriver(20), { maxSandboxes: 1 });
  const starts = ['ada', 'ben'].map((learner) => sessions.open(learner, 'course', 'image').ready());
  const outcomes = await Promise.allSettled(starts);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
});

test('the way out is open exactly while the sandbox is ready, and what it left outside goes with it', async () => {
  const host = new FakeHost();
  const open = new Set<string>();
  const removed: string[] = [];
  const outlet = {
    open: ({ id }: { id: string }) => {
      expect(open.has(id)).toBe(false);
      open.add(id);
      return { [Symbol.dispose]: () => void open.delete(id) };
    },
    remove: async (id: string) => void removed.push(id),
  };
  const database = openDatabase(':memory:');
  const config = { expiryMs: MINUTE };
  const first = sessionsOn(new FakeDriver(host), config, database, outlet);
  const session = first.sessions.open('ada', 'course', 'image');
  expect(open.size).toBe(0);
  await session.ready();
  expect(open).toEqual(new Set([session.id]));
  await session.freeze();
  expect(open.size).toBe(0);
  await session.restart();
  expect(open.size).toBe(1);
  await first.sessions[Symbol.asyncDispose]();
  expect(open.size).toBe(0);

  const second = sessionsOn(new FakeDriver(host), config, database, outlet);
  await second.sessions.reconcile();
  expect(open).toEqual(new Set([session.id]));
  second.clock.now += 2 * MINUTE;
  await second.sessions.sweep();
  expect(open.size).toBe(0);
  expect(removed).toEqual([session.id]);
});

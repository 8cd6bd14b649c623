import { expect, test } from 'vitest';
import type { MoveStage } from '../../../sandbox-server/protocol/lesson.ts';
import { FakeDriver, FakeHost } from '../../../sandbox-server/sandbox/fake/driver.ts';
import { DriverError, type SandboxSpec } from '../../../sandbox-server/sandbox/driver.ts';
import { stillRuns } from '../../../sandbox-server/session/still-runs.ts';
import { course, lesson, script, task } from '../../support/lesson.ts';
import { moverOn } from '../../support/mover.ts';
import { TestTerminal } from '../../support/terminal.ts';
import { sessionsOn } from '../../support/sessions.ts';

const two = lesson({
  setup: script('echo setup > setup'),
  tasks: [
    task('one', {
      live: [script('echo live > live-one')],
      solve: [
        { ...script('echo done > one'), live: false },
        { ...script('echo alive > again'), live: true },
      ],
    }),
    task('two', { live: [script('echo live > live-two')] }),
    task('three'),
  ],
});
const ours = course(two);

test('a jump leads to what a task finds, and the live blocks before it and its own are done again', async () => {
  const { mover, play, files } = moverOn([ours]);
  const stages: MoveStage[] = [];
  const answer = await mover.move('ada', ours, two, 'two', (stage) => stages.push(stage));
  expect(stages).toEqual(['recording', 'stopping', 'starting', 'rebuilding']);
  expect(Object.fromEntries(files('ada'))).toEqual({
    setup: 'setup\n',
    'live-one': 'live\n',
    one: 'done\n',
    again: 'alive\n',
    'live-two': 'live\n',
  });
  expect(play.played.slice(-3)).toEqual(['echo live > live-one', 'echo alive > again', 'echo live > live-two']);
  expect(answer.ms).toBeGreaterThanOrEqual(answer.liveMs);
});

test('a reset takes the learner’s own changes away, and removes the sandbox that they had', async () => {
  const { mover, files, sessions, host, records, database } = moverOn([ours]);
  await mover.move('ada', ours, two, 'one');
  files('ada').set('mine', 'lost');
  const before = sessions.find('ada', 'course')!.id;
  const stages: MoveStage[] = [];
  await mover.move('ada', ours, two, 'one', (stage) => stages.push(stage));
  expect(stages).toEqual(['stopping', 'starting', 'rebuilding']);
  expect([...files('ada').keys()].sort()).toEqual(['live-one', 'setup']);
  await expect.poll(() => host.sandboxes.has(before)).toBe(false);
  expect(records.all().map(({ id, learner }) => ({ id, learner }))).toEqual([
    { id: sessions.find('ada', 'course')!.id, learner: 'ada' },
  ]);
  await expect.poll(() => database.prepare('SELECT count(*) AS n FROM spare_sandbox').get()!['n']).toBe(0);
});

test('a learner who never had a sandbox can jump', async () => {
  const { mover, files, sessions } = moverOn([ours]);
  await mover.move('ben', ours, two, 'three');
  expect(sessions.find('ben', 'course')!.state).toBe('ready');
  expect(files('ben').get('one')).toBe('done\n');
});

test('when a live block fails the learner keeps the sandbox that they had, and is told which', async () => {
  const broken = lesson({ tasks: [task('one'), task('two', { live: [script('fail')] })] });
  const { mover, sessions, host, warnings } = moverOn([course(broken)]);
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  host.sandboxes.get(session.id)!.files.set('mine', 'kept');
  const { id } = session;
  await expect(mover.move('ada', course(broken), broken, 'two')).rejects.toMatchObject({
    code: 'lesson-broken',
    detail: expect.stringMatching(/^course\/01-lesson\/index\.md:\d+: the script ended with 1\nits last words$/),
  });
  expect(session.id).toBe(id);
  await session.ready();
  expect(host.sandboxes.get(session.id)!.files.get('mine')).toBe('kept');
  await expect.poll(() => [...host.sandboxes.keys()]).toEqual([id]);
  expect(warnings).toContain('a sandbox was not brought to a task');
});

/** Sandboxes with layers do not start. */
class NoneOverLayers extends FakeDriver {
  override create(id: string, spec: SandboxSpec): Promise<void> {
    if (spec.layers) return Promise.reject(new DriverError('host-disk-full', 'no space left on device'));
    return super.create(id, spec);
  }
}

test('when the other sandbox does not start the learner keeps the one that they had', async () => {
  const host = new FakeHost(['image']);
  const { mover, sessions } = moverOn([ours], { host, driver: new NoneOverLayers(host) });
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  const { id } = session;
  await expect(mover.move('ada', ours, two, 'two')).rejects.toMatchObject({ code: 'host-disk-full' });
  expect(session.id).toBe(id);
  await session.ready();
  await expect.poll(() => [...host.sandboxes.keys()]).toEqual([id]);
});

test('two moves of one learner never run at once; those of others do', async () => {
  const { mover } = moverOn([ours]);
  const first = mover.move('ada', ours, two, 'two');
  await expect(mover.move('ada', ours, two, 'one')).rejects.toMatchObject({ code: 'move-under-way' });
  await Promise.all([first, mover.move('ben', ours, two, 'one')]);
  await mover.move('ada', ours, two, 'one');
});

test('a server that ends waits for no recording: who waits for it keeps the sandbox that they have', async () => {
  const hanging = lesson({ setup: script('hang'), tasks: [task('one'), task('two')] });
  const { mover, sessions, play, layers } = moverOn([course(hanging)]);
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  const { id } = session;
  const moved = expect(mover.move('ada', course(hanging), hanging, 'two')).rejects.toMatchObject({
    code: 'server-stopping',
  });
  await expect.poll(() => play.played).toEqual(['hang']);
  await mover[Symbol.asyncDispose]();
  await moved;
  expect(session.id).toBe(id);
  await layers[Symbol.asyncDispose]();
});

test('who asks for the sandbox during a move waits for it, and gets the other one', async () => {
  const { mover, layers, sessions, play } = moverOn([ours]);
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  const before = session.id;
  await layers.at(ours, two, 'three', { id: 'image', profile: 'standard' });
  const gate = Promise.withResolvers<void>();
  play.before = () => gate.promise;
  const moving = mover.move('ada', ours, two, 'two');
  await expect.poll(() => session.state).toBe('stopped');
  let connected = false;
  const asking = session.connect().then((duplex) => {
    connected = true;
    duplex.destroy();
  });
  const restarting = session.restart();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(connected).toBe(false);
  gate.resolve();
  await Promise.all([moving, asking, restarting]);
  expect(session.id).not.toBe(before);
  expect(session.state).toBe('ready');
});

test('whoever lost a stream to the sandbox is told that it was stopped, not that it died', async () => {
  const { mover, sessions, driver } = moverOn([ours]);
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  const terminal = await TestTerminal.open(driver, session.id, 'main');
  const lost = terminal.ended.then(() => stillRuns(session));
  await mover.move('ada', ours, two, 'one');
  expect(await lost).toBe(false);
  expect(session.lastEnd).toBe('move');
});

test('a move keeps the learner’s place on the server, and takes nobody else’s', async () => {
  const { mover, sessions } = moverOn([ours], { config: { maxSandboxes: 2 } });
  await mover.move('ada', ours, two, 'one');
  const ben = sessions.open('ben', 'course', 'image');
  await ben.ready();
  await mover.move('ada', ours, two, 'two');
  await expect(mover.move('eve', ours, two, 'one')).rejects.toMatchObject({ code: 'no-room' });
  expect([sessions.find('ada', 'course')!.state, ben.state]).toEqual(['ready', 'ready']);
});

test('what the old sandbox left outside is forgotten, and the new one has its way out', async () => {
  const [open, removed]: [Set<string>, string[]] = [new Set(), []];
  const { mover, sessions } = moverOn([ours], {
    outlet: {
      open: ({ id }) => {
        open.add(id);
        return { [Symbol.dispose]: () => void open.delete(id) };
      },
      remove: async (id) => void removed.push(id),
    },
  });
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  const old = session.id;
  await mover.move('ada', ours, two, 'one');
  await expect.poll(() => removed).toContain(old);
  await expect.poll(() => [...open]).toEqual([session.id]);
});

test('a crash before the swap leaves the learner the old one, after it the new one, and nothing else', async () => {
  const { mover, sessions, spares, host, database } = moverOn([ours]);
  await mover.move('ada', ours, two, 'one');
  const { id } = sessions.find('ada', 'course')!;
  // As left by a gateway that was killed when the other sandbox ran and was nobody's yet.
  const spare = await spares.start({ ...sessions.find('ada', 'course')!.spec });
  const next = sessionsOn(new FakeDriver(host), {}, database);
  await next.sessions.reconcile();
  expect(next.sessions.find('ada', 'course')!.id).toBe(id);
  await expect.poll(() => [...host.sandboxes.keys()]).toEqual([id]);
  expect(spare.id).not.toBe(id);
  // What is put right is told: that one, and the one before the move where its removal was still under way.
  const told = 'removed a sandbox: it was made for a moment, and the gateway ended meanwhile';
  await expect.poll(() => [...new Set(next.warnings)]).toEqual([told]);
});

test('what is noted of a sandbox that was brought to a task is written with whose it is, or not at all', async () => {
  const noted: string[] = [];
  const { mover, sessions, host } = moverOn([ours], {
    onMoved: (sandbox, { slug }, begun) => {
      noted.push(`${sandbox} ${slug} ${begun.join(' ')}`);
      if (begun.includes('three')) throw new Error('the disk is full');
    },
  });
  await mover.move('ada', ours, two, 'two');
  const { id } = sessions.find('ada', 'course')!;
  expect(noted).toEqual([`${id} lesson one two`]);
  await expect(mover.move('ada', ours, two, 'three')).rejects.toMatchObject({ code: 'unexpected' });
  expect(sessions.find('ada', 'course')!.id).toBe(id);
  await sessions.find('ada', 'course')!.ready();
  expect(host.sandboxes.get(id)!.state).toBe('ready');
  await expect.poll(() => host.sandboxes.size).toBe(1);
});

test('a task that the lesson does not have is not found, and nothing is stopped', async () => {
  const { mover, sessions } = moverOn([ours]);
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  await expect(mover.move('ada', ours, two, 'four')).rejects.toMatchObject({ code: 'not-found' });
  expect(session.state).toBe('ready');
});

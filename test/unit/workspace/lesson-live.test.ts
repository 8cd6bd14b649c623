import { expect, it } from 'vitest';
import { ERRORS } from '../../../sandbox-server/protocol/errors.ts';
import type { LessonServerMessage } from '../../../sandbox-server/protocol/lesson.ts';
import type { Session } from '../../../site/terminal/admission.ts';
import { LessonLive, type LiveState } from '../../../site/workspace/lesson-live.ts';
import { FakeClock, FakeSocket, settle } from '../terminal/fakes.ts';

const PROGRESS: LessonServerMessage = { type: 'progress', tasks: [], quizzes: [], place: null };

class LiveScene {
  readonly clock = new FakeClock();
  readonly sockets: FakeSocket[] = [];
  readonly states: LiveState['name'][] = [];
  readonly heard: LessonServerMessage[] = [];
  session: Session = { kind: 'known', sandboxes: { available: true } };
  readonly live = new LessonLive(
    {
      session: async () => this.session,
      socket: (listener) => {
        const socket = new FakeSocket(listener);
        this.sockets.push(socket);
        return socket;
      },
      clock: this.clock,
      random: () => 0,
    },
    { state: ({ name }) => this.states.push(name), heard: (message) => this.heard.push(message) },
  );

  async start(): Promise<this> {
    this.live.start();
    await settle();
    return this;
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  progress(): this {
    this.socket.listener.opened();
    this.socket.listener.text(JSON.stringify(PROGRESS));
    return this;
  }
}

it('a lesson is connected when the server has said how it stands', async () => {
  const scene = await new LiveScene().start();
  scene.socket.listener.opened();
  expect(scene.live.say({ type: 'check', task: 'a' })).toBe(false);
  scene.progress();
  expect(scene.heard).toEqual([PROGRESS]);
  expect(scene.live.say({ type: 'check', task: 'a' })).toBe(true);
  expect(scene.socket.said).toEqual([{ type: 'check', task: 'a' }]);
});

it('what is said while a socket is being replaced is known not to be heard', async () => {
  const scene = (await new LiveScene().start()).progress();
  scene.live.wake();
  expect(scene.live.say({ type: 'check', task: 'a' })).toBe(false);
  await settle();
  expect(scene.live.say({ type: 'check', task: 'a' })).toBe(false);
  scene.progress();
  expect(scene.live.say({ type: 'check', task: 'a' })).toBe(true);
  expect(scene.sockets.map(({ said }) => said)).toEqual([[], [{ type: 'check', task: 'a' }]]);
});

it('a lesson that is lost is connected anew, sooner and later, and hears everything again', async () => {
  const scene = (await new LiveScene().start()).progress();
  scene.socket.listener.closed(1006);
  await scene.clock.advance(200);
  expect(scene.sockets).toHaveLength(2);
  scene.socket.listener.closed(1006);
  await scene.clock.advance(200);
  expect(scene.sockets).toHaveLength(2);
  await scene.clock.advance(200);
  scene.progress();
  expect(scene.sockets).toHaveLength(3);
  expect(scene.states).toEqual(['connected', 'lost', 'lost', 'connected']);
});

it('a lesson that is refused for good is not asked for again', async () => {
  const scene = await new LiveScene().start();
  scene.socket.listener.closed(ERRORS['not-found'].close);
  await scene.clock.advance(100_000);
  expect(scene.live.state).toEqual({ name: 'refused', code: 'not-found' });
  scene.live.wake();
  await settle();
  expect(scene.sockets).toHaveLength(1);
});

it('a server that knows no learners is not asked for a lesson', async () => {
  const scene = new LiveScene();
  scene.session = { kind: 'refused', code: 'sandboxes-off' };
  await scene.start();
  expect([scene.sockets.length, scene.live.state]).toEqual([0, { name: 'refused', code: 'sandboxes-off' }]);
});

it('a lesson is there where the server has no sandboxes: questions are graded all the same', async () => {
  const scene = new LiveScene();
  scene.session = { kind: 'known', sandboxes: { available: false, code: 'sandboxes-off' } };
  (await scene.start()).progress();
  expect(scene.live.state.name).toBe('connected');
});

it('a socket that may have died while the page slept is replaced at once', async () => {
  const scene = (await new LiveScene().start()).progress();
  const [before] = scene.sockets;
  scene.live.wake();
  await settle();
  expect([before!.closed, scene.sockets.length]).toEqual([true, 2]);
});

it('a lesson that was left is not connected any more', async () => {
  const scene = (await new LiveScene().start()).progress();
  scene.socket.listener.closed(1006);
  scene.live.stop();
  await scene.clock.advance(100_000);
  expect([scene.sockets.length, scene.clock.pending]).toEqual([1, 0]);
});

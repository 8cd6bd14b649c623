import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../sandbox-server/protocol/errors.ts';
import { MAX_CLIENT_MESSAGE_BYTES, PARSED_STEP_BYTES } from '../../../sandbox-server/protocol/limits.ts';
import { Scene, settle } from './fakes.ts';

type Step = (scene: Scene) => unknown;

const opens: Step = (scene) => scene.opened();
const attaches: Step = (scene) => scene.attaches();
const closes =
  (code: number): Step =>
  (scene) =>
    scene.closes(code);
const says =
  (message: Parameters<Scene['says']>[0]): Step =>
  (scene) =>
    scene.says(message);
const waits =
  (milliseconds: number): Step =>
  (scene) =>
    scene.clock.advance(milliseconds);
const refusedAtTheDoor: Step = (scene) => (scene.admission = { kind: 'refused', code: 'sandboxes-off' });
const unreachable: Step = (scene) => (scene.admission = { kind: 'unreachable' });
const starts: Step = (scene) => scene.start();

const THIRD = { why: 'places', place: 3, aboutMinutes: 4 } as const;
const EXITED = { type: 'exited', status: 0, signal: null } as const;

describe('the states of a connection', () => {
  const table: [title: string, steps: Step[], state: object][] = [
    ['idle before it is opened', [], { name: 'idle' }],
    ['starting as soon as it is opened', [starts], { name: 'starting', stage: null }],
    [
      'starting with the stage that the server tells',
      [starts, opens, says({ type: 'starting', stage: 'disk' })],
      { name: 'starting', stage: 'disk' },
    ],
    [
      'queued with its place while the server has no room',
      [starts, opens, says({ type: 'starting', stage: 'queue', wait: THIRD })],
      { name: 'queued', wait: THIRD },
    ],
    [
      'starting when its turn has come',
      [
        starts,
        opens,
        says({ type: 'starting', stage: 'queue', wait: THIRD }),
        says({ type: 'starting', stage: 'disk' }),
      ],
      { name: 'starting', stage: 'disk' },
    ],
    [
      'queued still when it was hidden and is shown again',
      [
        starts,
        opens,
        says({ type: 'starting', stage: 'queue', wait: THIRD }),
        (scene) => scene.connection.setVisible(false),
        (scene) => scene.connection.setVisible(true),
        says({ type: 'starting', stage: 'queue', wait: THIRD }),
        waits(30_000),
      ],
      { name: 'queued' },
    ],
    [
      'reconnecting, with its place kept, when the network breaks in the queue',
      [starts, opens, says({ type: 'starting', stage: 'queue', wait: THIRD }), closes(1006)],
      { name: 'reconnecting', queued: true },
    ],
    ['connected when it is attached', [starts, opens, attaches], { name: 'connected' }],
    [
      'refused without a further attempt where the server has no terminals',
      [refusedAtTheDoor, starts, waits(120_000)],
      { name: 'refused', code: 'sandboxes-off', retryAt: null },
    ],
    ['reconnecting where no answer came', [unreachable, starts], { name: 'reconnecting', retryAt: 188, cause: null }],
    [
      'refused with a further attempt where the server has no room',
      [starts, opens, closes(4503)],
      { name: 'refused', code: 'no-room', retryAt: 3750 },
    ],
    [
      'refused without a further attempt where the image is missing',
      [starts, opens, closes(4510), waits(120_000)],
      { name: 'refused', code: 'image-missing', retryAt: null },
    ],
    [
      'refused with the reference that the server told',
      [starts, opens, says({ type: 'closing', reference: 'k3f9k3f9k3f9' }), closes(4510)],
      { name: 'refused', code: 'image-missing', reference: 'k3f9k3f9k3f9', retryAt: null },
    ],
    ['reconnecting when the network breaks', [starts, opens, attaches, closes(1006)], { name: 'reconnecting' }],
    [
      'reconnecting, with the reason, when the server restarts under a terminal in use',
      [starts, opens, attaches, closes(4527)],
      { name: 'reconnecting', cause: 'server-stopping' },
    ],
    [
      'refused when the sandbox dies under a terminal in use',
      [starts, opens, attaches, closes(4520)],
      { name: 'refused', code: 'sandbox-died', retryAt: null },
    ],
    [
      'reconnecting when a socket does not open in time',
      [starts, waits(10_000)],
      { name: 'reconnecting', cause: null },
    ],
    ['ended when the shell ends', [starts, opens, attaches, says(EXITED)], { name: 'ended', status: 0, signal: null }],
    [
      'ended still when the connection breaks after that',
      [starts, opens, attaches, says(EXITED), closes(1006), waits(60_000)],
      { name: 'ended' },
    ],
    [
      'starting when a new shell is asked for',
      [starts, opens, attaches, says(EXITED), (scene) => scene.connection.restartShell()],
      { name: 'starting', stage: 'shell' },
    ],
    [
      'detached while the page is hidden',
      [
        starts,
        opens,
        attaches,
        (scene) => scene.connection.setVisible(false),
        says({ type: 'detached', reason: 'hidden' }),
      ],
      { name: 'detached', reason: 'hidden' },
    ],
    [
      'connected when it is shown again',
      [
        starts,
        opens,
        attaches,
        (scene) => scene.connection.setVisible(false),
        says({ type: 'detached', reason: 'hidden' }),
        (scene) => scene.connection.setVisible(true),
        attaches,
      ],
      { name: 'connected' },
    ],
    [
      'connected when it was shown again before the server heard of the hiding',
      [
        starts,
        opens,
        attaches,
        (scene) => scene.connection.setVisible(false),
        (scene) => scene.connection.setVisible(true),
        says({ type: 'detached', reason: 'hidden' }),
        attaches,
      ],
      { name: 'connected' },
    ],
    [
      'reconnecting when a page is shown again and its socket turns out dead',
      [
        starts,
        opens,
        attaches,
        (scene) => scene.connection.setVisible(false),
        (scene) => scene.connection.setVisible(true),
        waits(5_000),
      ],
      { name: 'reconnecting', retryAt: null },
    ],
    ['idle when it is stopped', [starts, opens, attaches, (scene) => scene.connection.stop()], { name: 'idle' }],
  ];

  it.each(table)('%s', async (_title, steps, state) => {
    const scene = new Scene();
    for (const step of steps) {
      await step(scene);
      await settle();
    }
    expect(scene.state).toMatchObject(state);
  });
});

describe('opening', () => {
  it('says the size, and no position at first', async () => {
    const scene = (await new Scene().start()).opened();
    expect(scene.said).toEqual([{ type: 'open', visible: true, columns: 100, rows: 30 }]);
  });

  it('asks to be admitted before each attempt', async () => {
    const scene = await Scene.connected();
    await scene.closes(1006);
    await scene.clock.advance(250);
    expect(scene.admissions).toBe(2);
  });

  it('listens to no answer of an attempt that was given up', async () => {
    const scene = new Scene();
    scene.connection.start();
    scene.connection.stop();
    await settle();
    expect(scene.sockets).toHaveLength(0);
    expect(scene.clock.pending).toBe(0);
  });
});

describe('after a loss', () => {
  it('it goes on from the byte it has come to, in the same shell', async () => {
    const scene = (await Scene.connected()).prints('hello ');
    await scene.closes(1006);
    await scene.clock.advance(250);
    scene.opened();
    expect(scene.said).toMatchObject([{ type: 'open', from: 6, shell: 'a' }]);
    scene.attaches({ from: 6, replayTo: 11 }).prints('world');
    expect(scene.output).toBe('hello world');
  });

  it('it starts with an empty screen where another shell runs', async () => {
    const scene = (await Scene.connected()).prints('old');
    await scene.closes(1006);
    await scene.clock.advance(250);
    scene.opened().attaches({ shell: 'b' }).prints('new');
    expect(scene.output).toBe('new');
  });

  it('it starts with an empty screen where bytes between are no longer held', async () => {
    const scene = (await Scene.connected()).prints('old');
    await scene.closes(1006);
    await scene.clock.advance(250);
    scene.opened().attaches({ from: 900, cut: true }).prints('new');
    expect(scene.output).toBe('new');
    expect(scene.told.at(-1)).toEqual({ bytes: 3, position: 900 });
  });

  it('a server that is back before its supervisor is asked again as soon as one that is away', async () => {
    const scene = await Scene.connected();
    await scene.closes(1006);
    await scene.clock.advance(250);
    scene.opened();
    await scene.closes(ERRORS['supervisor-away'].close);
    expect(scene.states.at(-1)).toMatchObject({ name: 'reconnecting', cause: 'supervisor-away' });
  });

  it('attempts that found no server do not make the wait for room longer', async () => {
    const scene = new Scene();
    scene.random = 0;
    scene.admission = { kind: 'unreachable' };
    await scene.start();
    await scene.clock.advance(60_000);
    scene.admission = { kind: 'refused', code: 'too-many-sandboxes' };
    await scene.clock.advance(15_000);
    const state = scene.states.find(({ name }) => name === 'refused') as { retryAt: number };
    expect(state).toBeDefined();
    const index = scene.states.indexOf(state as never);
    const before = scene.states
      .slice(0, index)
      .findLast((each) => each.name === 'reconnecting' && each.retryAt !== null);
    expect(state.retryAt - (before as { retryAt: number }).retryAt).toBe(2500);
  });

  it('it tries often for four seconds, then waits longer each time, up to 15 seconds; half of each wait is random', async () => {
    const scene = new Scene();
    scene.admission = { kind: 'unreachable' };
    scene.random = 0;
    await scene.start();
    await scene.clock.advance(120_000);
    scene.random = 0.999;
    await scene.clock.advance(120_000);
    const tries = scene.states.flatMap((state, index) => {
      const before = scene.states[index - 1];
      const from = before?.name === 'reconnecting' ? before.retryAt : 0;
      return state.name === 'reconnecting' && state.retryAt !== null && from === null ? [state.retryAt] : [];
    });
    const waits = tries.map((at, index) => at - (tries[index - 1] ?? 125));
    expect(waits.slice(0, 14)).toEqual([...Array.from({ length: 9 }, () => 250), 500, 1000, 2000, 4000, 7500]);
    expect(waits.at(-1)).toBeGreaterThan(14_900);
    expect(waits.at(-1)).toBeLessThanOrEqual(15_000);
  });

  it('it tries at once when the network is back', async () => {
    const scene = new Scene();
    scene.admission = { kind: 'unreachable' };
    await scene.start();
    await scene.clock.advance(10_000);
    scene.admission = { kind: 'admitted' };
    scene.connection.wake();
    await settle();
    expect(scene.sockets).toHaveLength(1);
  });

  it('it replaces a socket that may have died while the machine slept', async () => {
    const scene = (await Scene.connected()).prints('abc');
    scene.connection.wake();
    await scene.clock.advance(0);
    expect(scene.sockets[0]?.closed).toBe(true);
    scene.opened();
    expect(scene.said).toMatchObject([{ type: 'open', from: 3 }]);
  });

  it('it takes no notice of a network that is back where the server said no for good', async () => {
    const scene = new Scene();
    scene.admission = { kind: 'refused', code: 'sandboxes-off' };
    await scene.start();
    scene.connection.wake();
    await settle();
    expect(scene.admissions).toBe(1);
  });

  it('short waits begin again once a connection has held for a while', async () => {
    const scene = new Scene();
    scene.admission = { kind: 'unreachable' };
    await scene.start();
    await scene.clock.advance(20_000);
    scene.admission = { kind: 'admitted' };
    await scene.clock.advance(15_000);
    scene.opened().attaches();
    await scene.clock.advance(6_000);
    await scene.closes(1006);
    const { state } = scene;
    expect(state.name === 'reconnecting' && (state.retryAt ?? 0) - scene.clock.now()).toBe(188);
  });

  it('a server that takes and drops connections is asked ever less often', async () => {
    const scene = await new Scene().start();
    for (let round = 0; round < 8; round++) {
      scene.opened().attaches();
      await scene.closes(1006);
      await scene.clock.advance(15_000);
    }
    scene.opened().attaches();
    await scene.closes(1006);
    const { state } = scene;
    expect(state.name === 'reconnecting' && (state.retryAt ?? 0) - scene.clock.now()).toBe(11_250);
  });
});

describe('a new shell', () => {
  it('is asked for over the open socket', async () => {
    const scene = (await Scene.connected()).says(EXITED);
    scene.connection.restartShell();
    expect(scene.said.at(-1)).toEqual({ type: 'restart' });
    scene.attaches({ shell: 'b' });
    expect(scene.state.name).toBe('connected');
  });

  it('is asked for over a new socket where the old one is gone', async () => {
    const scene = (await Scene.connected()).says(EXITED);
    await scene.closes(1006);
    scene.connection.restartShell();
    await settle();
    scene.opened().attaches().says(EXITED);
    expect(scene.said.at(-1)).toEqual({ type: 'restart' });
  });

  it('is not asked for a second time where the server has started one by itself', async () => {
    const scene = (await Scene.connected()).says(EXITED);
    await scene.closes(1006);
    scene.connection.restartShell();
    await settle();
    scene.opened().attaches({ shell: 'b' }).says(EXITED);
    expect(scene.said.at(-1)).toMatchObject({ type: 'open' });
    expect(scene.state.name).toBe('ended');
  });
});

describe('a page that is hidden', () => {
  it('says so, and goes on from where it was', async () => {
    const scene = (await Scene.connected()).prints('abc');
    scene.connection.setVisible(false);
    scene.says({ type: 'detached', reason: 'hidden' });
    scene.connection.setVisible(true);
    expect(scene.said.slice(1)).toEqual([{ type: 'hide' }, { type: 'show', from: 3 }]);
  });

  it('shows no byte twice that was under way when it came back', async () => {
    const scene = (await Scene.connected()).prints('abc');
    scene.connection.setVisible(false);
    scene.connection.setVisible(true);
    scene.prints('def').says({ type: 'detached', reason: 'hidden' }).attaches({ from: 3 }).prints('de').prints('fghi');
    expect(scene.output).toBe('abcdefghi');
  });

  it('opens as hidden, and shows itself later', async () => {
    const scene = new Scene();
    scene.connection.start({ columns: 80, rows: 24 }, false);
    await settle();
    scene.opened().says({ type: 'detached', reason: 'hidden' });
    expect(scene.said).toEqual([{ type: 'open', visible: false, columns: 80, rows: 24 }]);
    scene.connection.setVisible(true);
    expect(scene.said.at(-1)).toEqual({ type: 'show', from: 0 });
  });
});

describe('flow control', () => {
  it('acknowledges each step of parsed output', async () => {
    const scene = await Scene.connected();
    for (let round = 0; round < 3; round++) scene.prints('x'.repeat(PARSED_STEP_BYTES)).parses();
    expect(scene.said.slice(1)).toEqual(
      [1, 2, 3].map((step) => ({ type: 'parsed', position: step * PARSED_STEP_BYTES })),
    );
  });

  it('acknowledges what is received only when it is parsed', async () => {
    const scene = (await Scene.connected()).prints('x'.repeat(PARSED_STEP_BYTES * 3));
    await scene.clock.advance(10_000);
    expect(scene.said).toHaveLength(1);
  });

  it('acknowledges the rest a moment after a stream has gone quiet', async () => {
    const scene = (await Scene.connected()).prints('abc').parses();
    expect(scene.said).toHaveLength(1);
    await scene.clock.advance(200);
    expect(scene.said.at(-1)).toEqual({ type: 'parsed', position: 3 });
  });

  it('says nothing of output of a shell of the past', async () => {
    const scene = (await Scene.connected()).prints('x'.repeat(PARSED_STEP_BYTES));
    scene.says(EXITED);
    scene.connection.restartShell();
    scene.attaches({ shell: 'b' }).parses();
    await scene.clock.advance(1_000);
    expect(scene.said.filter(({ type }) => type === 'parsed')).toEqual([]);
  });

  it('a viewer that lagged asks for more when it has parsed what it got', async () => {
    const scene = (await Scene.connected()).prints('abc').says({ type: 'detached', reason: 'lagging' });
    expect(scene.said.at(-1)).toMatchObject({ type: 'open' });
    scene.parses();
    expect(scene.said.at(-1)).toEqual({ type: 'show', from: 3 });
  });
});

describe('typing', () => {
  it('is cut into messages that the server takes', async () => {
    const scene = await Scene.connected();
    expect(scene.connection.type(new Uint8Array(MAX_CLIENT_MESSAGE_BYTES * 2 + 1))).toBe(true);
    expect(scene.socket.typed.map(({ length }) => length)).toEqual([
      MAX_CLIENT_MESSAGE_BYTES,
      MAX_CLIENT_MESSAGE_BYTES,
      1,
    ]);
  });

  it('goes nowhere while nothing is connected, and says so', async () => {
    const scene = await Scene.connected();
    await scene.closes(1006);
    expect(scene.connection.type(Uint8Array.of(1))).toBe(false);
  });
});

it('a size is told once, and when it has changed', async () => {
  const scene = await Scene.connected();
  scene.connection.resize({ columns: 100, rows: 30 });
  scene.connection.resize({ columns: 90, rows: 30 });
  scene.connection.resize({ columns: 90, rows: 30 });
  expect(scene.said.slice(1)).toEqual([{ type: 'resize', columns: 90, rows: 30 }]);
});

it('what the server says of the terminal is passed on', async () => {
  const scene = await Scene.connected();
  scene
    .says({ type: 'size', columns: 70, rows: 20 })
    .says({ type: 'prompt', waiting: true, sure: false })
    .says({ type: 'command-ended', status: 2 })
    .says({ type: 'notice', code: 'disk-full' })
    .says({ type: 'returned', from: 'frozen' });
  expect(scene.told.slice(1)).toEqual([
    { size: { columns: 70, rows: 20 } },
    { prompt: { waiting: true, sure: false } },
    { status: 2 },
    { notice: 'disk-full' },
    { returned: 'frozen' },
  ]);
});

it('shows every byte once and in order, wherever connections break, hide and show', async () => {
  const event = fc.oneof(
    fc.record({ print: fc.integer({ min: 1, max: 9 }) }),
    fc.constant('break' as const),
    fc.constant('hide and show' as const),
    fc.constant('parse' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const scene = await Scene.connected();
      let printed = '';
      const letter = (index: number) => String.fromCharCode(97 + (index % 26));
      // The server's side: all that was printed from the position that the page asked for.
      const resume = (from: number) => {
        scene.attaches({ from, replayTo: printed.length });
        if (from < printed.length) scene.prints(printed.slice(from));
      };
      for (const step of events) {
        if (step === 'parse') scene.parses();
        else if (step === 'break') {
          await scene.closes(1006);
          await scene.clock.advance(60_000);
          scene.opened();
          const open = scene.said.at(-1);
          resume(open?.type === 'open' ? (open.from ?? 0) : 0);
        } else if (step === 'hide and show') {
          scene.connection.setVisible(false);
          scene.connection.setVisible(true);
          const show = scene.said.at(-1);
          // What the server had sent before it heard of either.
          printed += letter(printed.length);
          scene.prints(printed.slice(-1)).says({ type: 'detached', reason: 'hidden' });
          resume(show?.type === 'show' ? show.from : 0);
        } else {
          const text = Array.from({ length: step.print }, (_, index) => letter(printed.length + index)).join('');
          printed += text;
          scene.prints(text);
        }
      }
      expect(scene.output).toBe(printed);
    }),
  );
});

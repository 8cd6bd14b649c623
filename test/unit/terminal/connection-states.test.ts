import { describe, expect, it } from 'vitest';
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

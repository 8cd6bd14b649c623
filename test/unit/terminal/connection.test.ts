import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CLIENT_MESSAGE_BYTES, PARSED_STEP_BYTES } from '../../../sandbox-server/protocol/limits.ts';
import { Scene, settle } from './fakes.ts';

const EXITED = { type: 'exited', status: 0, signal: null } as const;

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

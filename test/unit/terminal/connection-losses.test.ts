import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../sandbox-server/protocol/errors.ts';
import { Scene, settle } from './fakes.ts';

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

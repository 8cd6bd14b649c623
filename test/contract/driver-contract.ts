/**
 * The contract of sandbox-server/sandbox/driver.ts as a suite. Every driver passes all of it: what holds for the fake
 * and not for a real engine, or the other way round, is a lie in one of them.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DriverError,
  type DriverState,
  type SandboxDriver,
  type SandboxSpec,
} from '../../sandbox-server/sandbox/driver.ts';
import { NAMESPACE_KINDS } from '../../sandbox-server/protocol/figure.ts';
import { MAX_SANDBOX_TERMINALS } from '../../sandbox-server/protocol/limits.ts';
import { askInit } from '../../sandbox-server/sandbox/init/ask.ts';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { Drawn } from '../support/pictures.ts';
import { TestTerminal } from '../support/terminal.ts';

export interface DriverUnderTest {
  driver: SandboxDriver;
  /** Another driver of the same host, as after a restart of the server. */
  again(): Promise<SandboxDriver>;
  spec: SandboxSpec;
}

type Call = 'create' | 'start' | 'connect' | 'freeze' | 'thaw' | 'stop' | 'destroy' | 'snapshot' | 'throttle';

/** The table of the doc comment: what a call leads to in a state; a code in brackets is a rejection. */
const TABLE: Record<DriverState, Record<Call, DriverState | `(${string})`>> = {
  gone: {
    create: 'stopped',
    start: '(unknown)',
    connect: '(unknown)',
    freeze: '(unknown)',
    thaw: '(unknown)',
    stop: '(unknown)',
    destroy: 'gone',
    snapshot: '(unknown)',
    throttle: '(unknown)',
  },
  stopped: {
    create: 'stopped',
    start: 'ready',
    connect: '(not-running)',
    freeze: '(not-running)',
    thaw: '(not-running)',
    stop: 'stopped',
    destroy: 'gone',
    snapshot: 'stopped',
    throttle: '(not-running)',
  },
  ready: {
    create: 'ready',
    start: 'ready',
    connect: 'ready',
    freeze: 'frozen',
    thaw: 'ready',
    stop: 'stopped',
    destroy: 'gone',
    snapshot: 'ready',
    throttle: 'ready',
  },
  frozen: {
    create: 'frozen',
    start: 'ready',
    connect: '(not-running)',
    freeze: 'frozen',
    thaw: 'ready',
    stop: 'stopped',
    destroy: 'gone',
    snapshot: 'frozen',
    throttle: 'frozen',
  },
};

export function describeDriverContract(name: string, open: () => Promise<DriverUnderTest & AsyncDisposable>): void {
  describe(`the contract of a driver, kept by the ${name} driver`, () => {
    let subject: DriverUnderTest & AsyncDisposable;
    let driver: SandboxDriver;
    let id: string;

    beforeAll(async () => {
      subject = await open();
      driver = subject.driver;
    });
    beforeEach(() => {
      id = randomId();
      return async () => {
        await driver.destroy(id);
        await driver.removeLayer(`layer-${id}`);
      };
    });
    afterAll(async () => {
      await driver?.[Symbol.asyncDispose]();
      await subject?.[Symbol.asyncDispose]();
    });

    const call = async (what: Call): Promise<void> => {
      if (what === 'create') await driver.create(id, subject.spec);
      else if (what === 'connect') (await driver.connect(id)).destroy();
      else if (what === 'throttle') await driver.throttle(id, 0.5);
      else if (what === 'snapshot') await driver.snapshot(id, `layer-${id}`);
      else await driver[what](id);
    };

    const bring = async (state: DriverState): Promise<void> => {
      if (state !== 'gone') await call('create');
      if (state === 'ready' || state === 'frozen') await call('start');
      if (state === 'frozen') await call('freeze');
      expect(await driver.status(id)).toBe(state);
    };

    for (const [state, row] of Object.entries(TABLE) as [DriverState, (typeof TABLE)[DriverState]][]) {
      for (const [what, outcome] of Object.entries(row) as [Call, string][]) {
        test(`${what} on a sandbox that is ${state}: ${outcome}`, async () => {
          await bring(state);
          const refusal = /^\((.*)\)$/.exec(outcome)?.[1];
          if (refusal === undefined) {
            await call(what);
            expect(await driver.status(id)).toBe(outcome);
          } else {
            await expect(call(what)).rejects.toMatchObject({ name: 'DriverError', code: refusal });
            expect(await driver.status(id)).toBe(state);
          }
        });
      }
    }

    const close = async (terminal: string, unless?: 'running' | 'busy'): Promise<unknown> => {
      const request = { op: 'close', name: terminal, ...(unless ? { unless } : {}) } as const;
      return (await askInit(await driver.connect(id), request, 5000))['closed'];
    };

    test('an image that the host does not have is an error of its own, and leaves nothing', async () => {
      const creation = driver.create(id, { ...subject.spec, image: 'no-such-image' });
      await expect(creation).rejects.toMatchObject({ code: 'image-missing' });
      expect(await driver.status(id)).toBe('gone');
    });

    test('calls for one sandbox take effect in the order in which they were made', async () => {
      await Promise.all([call('create'), call('start'), call('freeze'), call('thaw'), call('stop'), call('start')]);
      expect(await driver.status(id)).toBe('ready');
    });

    test('sandboxes are told apart, and list has all of them with their state', async () => {
      const other = randomId();
      await bring('ready');
      await driver.create(other, subject.spec);
      const listed = (await driver.list()).filter((each) => each.id === id || each.id === other);
      expect(listed.sort((a, b) => a.state.localeCompare(b.state))).toEqual([
        { id, state: 'ready', diskBytes: expect.any(Number) },
        { id: other, state: 'stopped', diskBytes: expect.any(Number) },
      ]);
      for (const { diskBytes } of listed) expect(diskBytes).toBeGreaterThan(0);
      await driver.destroy(other);
      expect(await driver.status(id)).toBe('ready');
    });

    test('a start resolves when init answers', async () => {
      await bring('ready');
      const answer = await askInit(await driver.connect(id), { op: 'status' }, 5000);
      expect(answer).toMatchObject({ ok: true, terminals: [] });
    });

    test('a terminal prints what a command answers, and a viewer goes on from the byte that it has', async () => {
      await bring('ready');
      const first = await TestTerminal.open(driver, id, 'main');
      // What is typed before the prompt is echoed twice, and would look like the answer.
      await first.shows(/\$ /);
      first.type('echo one\n');
      await first.shows(/echo one\r\n[^]*one\r\n/);
      const position = first.position;
      first.close();
      const second = await TestTerminal.open(driver, id, 'main', { from: position, shell: first.shell });
      expect(second.attached.from).toBe(position);
      second.type('echo two\n');
      await second.shows(/two\r\n/);
      expect(second.text).not.toContain('one');
      const third = await TestTerminal.open(driver, id, 'main');
      await third.shows(/echo one[^]*echo two/);
      expect(third.attached.from).toBe(0);
    });

    test('two viewers of a terminal see the same bytes, whoever types', async () => {
      await bring('ready');
      const one = await TestTerminal.open(driver, id, 'main');
      const two = await TestTerminal.open(driver, id, 'main');
      one.type('echo from-one\n');
      await two.shows(/from-one\r\n/);
      two.type('echo from-two\n');
      await one.shows(/echo from-two\r\n[^]*from-two\r\n/);
      await two.shows(/echo from-two\r\n[^]*from-two\r\n/);
      await expect.poll(() => one.text === two.text).toBe(true);
    });

    test('a shell that exits says so, and another can be started in its place', async () => {
      await bring('ready');
      const terminal = await TestTerminal.open(driver, id, 'main');
      const { shell } = terminal;
      terminal.type('exit\n');
      await terminal.hears('exited');
      terminal.control({ type: 'restart' });
      await expect.poll(() => terminal.shell !== shell).toBe(true);
      terminal.type('echo anew\n');
      await terminal.shows(/anew\r\n/);
    });

    test('a terminal that is closed ends its shell, tells it, and gives its name free', async () => {
      await bring('ready');
      const terminal = await TestTerminal.open(driver, id, 'extra-1');
      const other = await TestTerminal.open(driver, id, 'main');
      terminal.type('echo old\n');
      await terminal.shows(/old\r\n/);
      expect(await close('extra-1', 'running')).toBe(false);
      expect(await close('extra-1', 'busy')).toBe(true);
      expect(await terminal.hears('exited')).toMatchObject({ status: null, signal: 'hangup' });
      const next = await TestTerminal.open(driver, id, 'extra-1');
      expect(next.shell).not.toBe(terminal.shell);
      expect(next.text).not.toContain('old');
      other.type('echo untouched\n');
      await other.shows(/echo untouched\r\n[^]*untouched\r\n/);
    });

    test('a terminal whose shell has ended can be closed, and so can one that is not there', async () => {
      await bring('ready');
      const terminal = await TestTerminal.open(driver, id, 'extra-1');
      terminal.type('exit\n');
      await terminal.hears('exited');
      expect(await close('extra-1', 'running')).toBe(true);
      expect(await close('extra-1', 'running')).toBe(true);
      const next = await TestTerminal.open(driver, id, 'extra-1');
      next.type('echo anew\n');
      await next.shows(/anew\r\n/);
    });

    test('a sandbox is drawn as it is, and again when it is another', async () => {
      await bring('ready');
      using drawn = new Drawn(driver, id);
      await expect.poll(() => drawn.box?.processes.length).toBe(1);
      expect(drawn.box).toMatchObject({ processes: [{ number: 1, inside: 1, parent: 0, user: 'root' }], boxes: [] });
      expect(Object.keys(drawn.box!.own).sort()).toEqual([...NAMESPACE_KINDS].sort());
      await TestTerminal.open(driver, id, 'main');
      await expect.poll(() => drawn.box?.processes.slice(1)).toMatchObject([{ parent: 1, user: 'learner' }]);
      expect(await close('main')).toBe(true);
      await expect.poll(() => drawn.box?.processes.length).toBe(1);
    });

    test('a sandbox has a bound of terminals, and one that is closed makes room', async () => {
      await bring('ready');
      for (let n = 1; n <= MAX_SANDBOX_TERMINALS; n++) await TestTerminal.open(driver, id, `t${n}`);
      expect(await TestTerminal.refusal(driver, id, 'one-more')).toMatchObject({ code: 'too-many-terminals' });
      expect(await close('t1')).toBe(true);
      await TestTerminal.open(driver, id, 'one-more');
    });

    test('files outlive a stop, terminals do not', async () => {
      await bring('ready');
      const before = await TestTerminal.open(driver, id, 'main');
      before.type('echo kept > note\n');
      before.type('cat note\n');
      await before.shows(/cat note\r\n[^]*kept\r\n/);
      await call('stop');
      await before.ended;
      await call('start');
      const after = await TestTerminal.open(driver, id, 'main');
      expect(after.shell).not.toBe(before.shell);
      after.type('cat note\n');
      await after.shows(/cat note\r\n[^]*kept\r\n/);
    });

    test('a frozen sandbox goes on with the same shell', async () => {
      await bring('ready');
      const before = await TestTerminal.open(driver, id, 'main');
      await call('freeze');
      await call('thaw');
      const after = await TestTerminal.open(driver, id, 'main');
      expect(after.shell).toBe(before.shell);
    });

    test('another driver finds the sandboxes of the one before', async () => {
      await bring('ready');
      const terminal = await TestTerminal.open(driver, id, 'main');
      const next = await subject.again();
      expect(await next.status(id)).toBe('ready');
      const same = await TestTerminal.open(next, id, 'main');
      expect(same.shell).toBe(terminal.shell);
      await next[Symbol.asyncDispose]();
    });

    test('capacity tells what the machine has and has left', async () => {
      const { memory, disk } = await driver.capacity();
      expect(memory.totalBytes).toBeGreaterThan(64 * 2 ** 20);
      expect(memory.availableBytes).toBeGreaterThan(0);
      expect(memory.availableBytes).toBeLessThanOrEqual(memory.totalBytes);
      expect(disk.freeBytes).toBeGreaterThan(0);
      expect(disk.freeBytes).toBeLessThanOrEqual(disk.totalBytes);
    });

    test('stats tell what a running sandbox uses, and refuse for one that does not run', async () => {
      await bring('ready');
      const stats = await driver.stats(id);
      expect(stats.memoryBytes).toBeGreaterThan(0);
      expect(stats.processes).toBeGreaterThan(0);
      expect(stats.cpuMicroseconds).toBeGreaterThan(0);
      expect(stats.outOfMemoryKills).toBe(0);
      await call('stop');
      await expect(driver.stats(id)).rejects.toMatchObject({ code: 'not-running' });
    });

    test('a sandbox keeps the part of its processors that it was left until another is said or it starts again', async () => {
      await bring('ready');
      const share = async () => (await driver.stats(id)).processorShare;
      expect(await share()).toBe(1);
      await driver.throttle(id, 0.25);
      expect(await share()).toBe(0.25);
      await call('freeze');
      expect(await share()).toBe(0.25);
      await driver.throttle(id, 0.5);
      await call('thaw');
      expect(await share()).toBe(0.5);
      await driver.throttle(id, 1);
      expect(await share()).toBe(1);
      await driver.throttle(id, 0.25);
      await call('stop');
      await call('start');
      expect(await share()).toBe(1);
    });

    test('an aborted call rejects with the reason, as the caller gave it', async () => {
      const reason = new Error('not wanted any more');
      const creation = driver.create(id, subject.spec, { signal: AbortSignal.abort(reason) });
      await expect(creation).rejects.toBe(reason);
    });

    test('many sandboxes start side by side', async () => {
      const ids = Array.from({ length: 8 }, () => randomId());
      await Promise.all(ids.map((each) => driver.create(each, subject.spec)));
      await Promise.all(ids.map((each) => driver.start(each)));
      expect(await Promise.all(ids.map((each) => driver.status(each)))).toEqual(ids.map(() => 'ready'));
      await Promise.all(ids.map((each) => driver.destroy(each)));
      expect(await Promise.all(ids.map((each) => driver.status(each)))).toEqual(ids.map(() => 'gone'));
    });

    test('every rejection is a DriverError', async () => {
      const error: unknown = await driver.start(id).catch((why: unknown) => why);
      expect(error).toBeInstanceOf(DriverError);
    });
  });
}

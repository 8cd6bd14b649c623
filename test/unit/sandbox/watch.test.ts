import { duplexPair, type Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { FakeDriver } from '../../../sandbox-server/sandbox/fake/driver.ts';
import { encodeControl } from '../../../sandbox-server/sandbox/init/decoder.ts';
import { Watch, type WatchEvent } from '../../../sandbox-server/sandbox/init/watch.ts';
import { randomId } from '../../../sandbox-server/session/ids.ts';
import { LIMITS } from '../../support/limits.ts';
import { TestTerminal } from '../../support/terminal.ts';

const quiet = { sandbox: 'a-sandbox', log: { debug() {}, warn() {} } };

async function watched() {
  const driver = new FakeDriver();
  const id = randomId();
  await driver.create(id, { image: 'image', profile: 'standard', hostname: 'slip', limits: LIMITS });
  await driver.start(id);
  const events: WatchEvent[] = [];
  let opened = 0;
  const watch = new Watch({
    connect: () => driver.connect(id),
    onOpen: () => opened++,
    onEvent: (event) => events.push(event),
    ...quiet,
  });
  return { driver, id, events, opened: () => opened, [Symbol.dispose]: () => watch[Symbol.dispose]() };
}

test('a watcher hears how prompts stand, and of the commands of every terminal', async () => {
  const driver = new FakeDriver();
  const id = randomId();
  await driver.create(id, { image: 'image', profile: 'standard', hostname: 'slip', limits: LIMITS });
  await driver.start(id);
  const main = await TestTerminal.open(driver, id, 'main');
  const events: WatchEvent[] = [];
  using _watch = new Watch({ connect: () => driver.connect(id), onEvent: (event) => events.push(event), ...quiet });
  const waits = (terminal: string) => ({ type: 'prompt', terminal, waiting: true, sure: true });
  await expect.poll(() => events).toEqual([waits('main')]);
  const other = await TestTerminal.open(driver, id, 'other');
  main.type('echo 1\n');
  other.type('echo 2\n');
  const ended = (terminal: string) => ({ type: 'command-ended', terminal, status: 0 });
  await expect
    .poll(() => events)
    .toEqual([waits('main'), ended('main'), waits('main'), ended('other'), waits('other')]);
});

test('a watcher whose stream ended opens it again, and none when it was disposed', async () => {
  let subject: Awaited<ReturnType<typeof watched>>;
  {
    using held = (subject = await watched());
    await expect.poll(() => held.opened()).toBe(1);
    await held.driver.stop(held.id);
    await held.driver.start(held.id);
    await expect.poll(() => held.opened(), { timeout: 5000 }).toBe(2);
  }
  await subject.driver.stop(subject.id);
  await subject.driver.start(subject.id);
  const main = await TestTerminal.open(subject.driver, subject.id, 'main');
  main.type('echo 1\n');
  await main.shows(/1\r\n1/);
  expect(subject.events.filter(({ type }) => type === 'command-ended')).toEqual([]);
  expect(subject.opened()).toBe(2);
});

test('what does not fit the protocol is dropped, and what follows it is heard', async () => {
  const [ours, theirs] = duplexPair();
  const heard: WatchEvent[] = [];
  using _watch = new Watch({
    connect: async (): Promise<Duplex> => theirs,
    onEvent: (event) => heard.push(event),
    ...quiet,
  });
  const good = { type: 'command-ended', terminal: 'main', status: null };
  for (const message of [
    { ok: true },
    { type: 'command-ended', terminal: '../main', status: 0 },
    { type: 'command-ended', terminal: 'main', status: 256 },
    { type: 'command-ended', terminal: 'main', status: 0, more: 1 },
    { type: 'prompt', terminal: 'main', waiting: 'yes', sure: true },
    { type: 'dial', ticket: 'x' },
    [],
    good,
  ])
    ours.write(encodeControl(message));
  await expect.poll(() => heard).toEqual([good]);
});

test('a watcher takes events without end at its own pace, and the stream waits', async () => {
  const [ours, theirs] = duplexPair();
  let heard = 0;
  using _watch = new Watch({ connect: async () => theirs, onEvent: () => heard++, ...quiet });
  ours.resume();
  const event = encodeControl({ type: 'command-ended', terminal: 'main', status: 0 });
  ours.write(encodeControl({ ok: true }));
  let taken = 0;
  const flood = setInterval(() => {
    // What the other end has not taken waits here, as it would in init.
    while (ours.writableLength < 64 * 1024) {
      ours.write(event);
      taken++;
    }
  }, 1);
  await expect.poll(() => heard).toBeGreaterThanOrEqual(64);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const [first, before] = [heard, taken];
  expect(before).toBeLessThan(10_000);
  await expect.poll(() => heard).toBeGreaterThan(first);
  clearInterval(flood);
});

test('what init refused is logged with the request that it was for, and not without end', async () => {
  const [ours, theirs] = duplexPair();
  const logged: unknown[] = [];
  const log = { debug() {}, warn: (fields: object) => void logged.push(fields) };
  using _watch = new Watch({ connect: async () => ours, onEvent: () => {}, sandbox: 'a-sandbox', log });
  theirs.write(encodeControl({ ok: true }));
  const problem = { op: 'exec', code: 'failed', request: 'k3f9k3f9k3f9' };
  theirs.write(encodeControl({ type: 'problem', ...problem, request: 'words; of its own' }));
  theirs.write(encodeControl({ type: 'problem', ...problem }));
  await expect.poll(() => logged).toEqual([{ sandbox: 'a-sandbox', ...problem }]);
  for (let each = 0; each < 60; each++) theirs.write(encodeControl({ type: 'problem', ...problem }));
  await expect.poll(() => logged.length).toBe(20);
  theirs.write(encodeControl({ type: 'problem', ...problem }));
  await expect.poll(() => theirs.writableLength).toBe(0);
  expect(logged.length).toBe(20);
});

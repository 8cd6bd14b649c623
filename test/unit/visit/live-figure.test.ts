/** Live figures over sandboxes in memory. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LessonServerMessage } from '../../../sandbox-server/protocol/lesson.ts';
import { FakeDriver } from '../../../sandbox-server/sandbox/fake/driver.ts';
import type { SandboxSession } from '../../../sandbox-server/session/sandbox-session.ts';
import { LiveFigure } from '../../../sandbox-server/visit/live-figure.ts';
import { sessionsOn, type SessionsUnderTest } from '../../support/sessions.ts';
import { TestTerminal } from '../../support/terminal.ts';

let driver: FakeDriver;
let under: SessionsUnderTest;
let session: SandboxSession;
let figure: LiveFigure;
/** How many streams were opened to init by the figure. */
let streams: number;

beforeEach(() => {
  driver = new FakeDriver();
  streams = 0;
  figure = new LiveFigure({
    connect: (id) => {
      streams++;
      return driver.connect(id);
    },
    sandbox: () => session,
    now: () => 1000,
    log: { debug() {}, warn() {} },
  });
  under = sessionsOn(driver, {}, undefined, undefined, (ready) => {
    figure.enter(ready);
    return { [Symbol.dispose]: () => figure.leave(ready) };
  });
  session = under.sessions.open('ada', 'course', 'image');
});
afterEach(async () => {
  figure[Symbol.dispose]();
  await under.sessions[Symbol.asyncDispose]();
});

function page() {
  const told: (LessonServerMessage & { type: 'figure' })[] = [];
  return {
    told,
    tell: (message: LessonServerMessage) => void (message.type === 'figure' && told.push(message)),
    close: () => {},
    processes: () => told.at(-1)?.picture?.box.processes.length,
  };
}

test('while nobody sees a figure, nothing is read', async () => {
  await session.ready();
  const one = page();
  figure.seen(one, true);
  await expect.poll(one.processes).toBe(1);
  figure.seen(one, false);
  const { length } = one.told;
  await TestTerminal.open(driver, session.id, 'main');
  figure.seen(page(), true);
  await expect.poll(() => streams).toBe(2);
  expect(one.told).toHaveLength(length);
});

test('all pages of a learner share one reading', async () => {
  await session.ready();
  const pages = [page(), page(), page()];
  for (const each of pages) figure.seen(each, true);
  for (const each of pages) await expect.poll(each.processes).toBe(1);
  figure.seen(pages[0]!, false);
  await TestTerminal.open(driver, session.id, 'main');
  for (const each of pages.slice(1)) await expect.poll(each.processes).toBe(2);
  expect(pages[0]!.processes()).toBe(1);
  expect(streams).toBe(1);
});

test('a page that comes later is told at once', async () => {
  await session.ready();
  const one = page();
  figure.seen(one, true);
  await expect.poll(one.processes).toBe(1);
  const two = page();
  figure.seen(two, true);
  expect(two.told).toEqual([one.told.at(-1)]);
});

test('what does not run is not started, and what is frozen not thawed', async () => {
  const one = page();
  figure.seen(one, true);
  expect(one.told).toEqual([{ type: 'figure', state: 'stopped', picture: null, at: null }]);
  expect(session.state).toBe('requested');
  await session.ready();
  await expect.poll(one.processes).toBe(1);
  expect(one.told.at(-1)).toMatchObject({ state: 'running', at: 1000 });
  await session.freeze();
  expect(one.told.at(-1)).toMatchObject({ state: 'frozen', at: 1000, picture: { hostname: 'fake' } });
  const two = page();
  figure.seen(two, true);
  expect(two.told).toEqual([one.told.at(-1)]);
  expect([session.state, streams]).toEqual(['frozen', 1]);
  await session.ready();
  await expect.poll(() => streams).toBe(2);
  await session.stop('idle');
  expect(one.told.at(-1)).toMatchObject({ state: 'stopped', at: 1000, picture: { hostname: 'fake' } });
});

test('what another sandbox was like is forgotten', async () => {
  const one = page();
  figure.seen(one, true);
  await session.ready();
  await expect.poll(one.processes).toBe(1);
  figure.seen(one, false);
  const { id } = session;
  await session.replace(
    async () => {
      await driver.create('another', session.spec);
      await driver.start('another');
      return { id: 'another', spec: session.spec };
    },
    () => {},
  );
  expect(session.id).not.toBe(id);
  await session.freeze();
  const two = page();
  figure.seen(two, true);
  expect(two.told).toEqual([{ type: 'figure', state: 'frozen', picture: null, at: null }]);
});

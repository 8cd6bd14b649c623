/** One person with many cookies wants every place of the server, and then every place in its queue. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Wait } from '../../sandbox-server/protocol/messages.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

const FLOOD = '127.0.0.1';
const OTHER = '127.0.0.2';

let server: TestServer;
const pages: TestPage[] = [];

beforeAll(async () => {
  server = await TestServer.start({ maxSandboxes: 4, sandboxesPerAddress: 2, startsPerAddress: 3, queueLength: 6 });
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** A new learner's page that asks for its terminal. */
async function comesFrom(address: string): Promise<TestPage> {
  const page = await TestPage.open(server.url, await visit(server.url), TERMINAL, {}, address);
  pages.push(page);
  page.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  return page;
}

const waitOf = (page: TestPage): Wait | undefined =>
  page.messages.flatMap((message) => (message.type === 'starting' ? (message.wait ?? []) : [])).at(-1);
const isIn = (page: TestPage) => page.messages.some(({ type }) => type === 'attached');

test('many cookies from one address get its places and half of the queue; who comes from another address gets in at once', async () => {
  const flood: TestPage[] = [];
  for (let count = 0; count < 2; count++) flood.push(await comesFrom(FLOOD));
  await Promise.all(flood.map((page) => page.hears('attached')));
  for (let count = 0; count < 6; count++) flood.push(await comesFrom(FLOOD));
  const closed = await Promise.all(flood.slice(5).map((page) => page.closed));
  expect(closed.map(({ code }) => code)).toEqual(Array(3).fill(ERRORS['queue-full'].close));
  await expect.poll(() => flood.slice(2, 5).map((page) => waitOf(page)?.why)).toEqual(Array(3).fill('address'));
  expect(flood.map(isIn)).toEqual([true, true, ...Array(6).fill(false)]);

  const others = [await comesFrom(OTHER), await comesFrom(OTHER)];
  await Promise.all(others.map((page) => page.hears('attached')));
  const last = await comesFrom(OTHER); // all four places are in use; there is room for it in the queue
  await expect.poll(() => waitOf(last)?.why).toBeDefined();
});

test('whoever throws their cookie away again and again starts no more sandboxes than an address may', async () => {
  await using slow = await TestServer.start({ maxSandboxes: 20, startsPerAddress: 3 });
  const open = async (address: string) => {
    const page = await TestPage.open(slow.url, await visit(slow.url), TERMINAL, {}, address);
    pages.push(page);
    page.say({ type: 'open', visible: true, columns: 80, rows: 24 });
    return page;
  };
  const flood: TestPage[] = [];
  for (let count = 0; count < 6; count++) flood.push(await open(FLOOD));
  await Promise.all(flood.slice(0, 3).map((page) => page.hears('attached')));
  await (await open(OTHER)).hears('attached');
  expect(flood.map(isIn)).toEqual([true, true, true, false, false, false]);
  expect(flood.slice(3).map((page) => waitOf(page)?.why)).toEqual(['rate', 'rate', 'rate']);
});

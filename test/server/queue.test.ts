/** A server with one place, and who waits for it: over real sockets, on sandboxes in memory. */
import { afterEach, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerMessage, Wait } from '../../sandbox-server/protocol/messages.ts';
import { FakeDriver, FakeHost } from '../../sandbox-server/sandbox/fake/driver.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';

let gateway: Awaited<ReturnType<typeof gatewayOn>> | undefined;
afterEach(() => gateway?.[Symbol.asyncDispose]());

const OPEN = { type: 'open', visible: true, columns: 80, rows: 24 } as const;

/** A page that has asked for its terminal. */
async function asking(cookie: string): Promise<TestPage> {
  const page = await TestPage.open(gateway!.url, cookie);
  page.say(OPEN);
  return page;
}

const waitsOf = (page: TestPage): Wait[] =>
  page.messages.filter((message) => message.type === 'starting').flatMap(({ wait }) => wait ?? []);

const placeOf = (page: TestPage): number | undefined => {
  const wait = waitsOf(page).at(-1);
  return wait && 'place' in wait ? wait.place : undefined;
};

async function atPlace(page: TestPage, place: number): Promise<void> {
  await expect.poll(() => placeOf(page), { timeout: 10_000 }).toBe(place);
}

/** The sandbox of a learner is done with: they delete all that is theirs. */
async function leaves(cookie: string): Promise<void> {
  const headers = { 'content-type': 'application/json', origin: gateway!.url, cookie };
  const response = await fetch(`${gateway!.url}/api/progress/delete`, { method: 'POST', headers, body: '{}' });
  expect(response.status).toBe(204);
}

const attached = (page: TestPage) => page.messages.some(({ type }: ServerMessage) => type === 'attached');

test('who finds no place is told theirs in the queue, and gets in by themselves in the order in which they came', async () => {
  gateway = await gatewayOn(new FakeDriver(), { maxSandboxes: 1 });
  const cookies = await Promise.all([1, 2, 3].map(() => visit(gateway!.url)));
  const [first, second, third] = cookies as [string, string, string];
  await (await asking(first)).hears('attached');
  const two = await asking(second);
  await atPlace(two, 1);
  const three = await asking(third);
  await atPlace(three, 2);
  const twoAgain = await asking(second); // another tab
  await atPlace(twoAgain, 1);
  await leaves(first);
  await two.hears('attached');
  await twoAgain.hears('attached');
  await atPlace(three, 1);
  expect(attached(three)).toBe(false);
  await leaves(second);
  await three.hears('attached');
});

test('a reload and a restart of the server cost nobody their place', async () => {
  const host = new FakeHost();
  gateway = await gatewayOn(new FakeDriver(host), { maxSandboxes: 1 });
  const cookies = await Promise.all([1, 2, 3].map(() => visit(gateway!.url)));
  const [first, second, third] = cookies as [string, string, string];
  await (await asking(first)).hears('attached');
  const two = await asking(second);
  await atPlace(two, 1);
  await atPlace(await asking(third), 2);
  two.close();
  await two.closed;
  await atPlace(await asking(second), 1);

  const { config } = gateway;
  await gateway[Symbol.asyncDispose]();
  gateway = await gatewayOn(new FakeDriver(host), { maxSandboxes: 1, paths: config.paths });
  const threeBack = await asking(third);
  await atPlace(threeBack, 2);
  await atPlace(await asking(second), 1);
});

test('a page that is hidden while it waits keeps its place and is let in', async () => {
  gateway = await gatewayOn(new FakeDriver(), { maxSandboxes: 1 });
  const [first, second] = [await visit(gateway.url), await visit(gateway.url)];
  await (await asking(first)).hears('attached');
  const page = await asking(second);
  await atPlace(page, 1);
  page.say({ type: 'hide' });
  await sleep(50);
  page.forget();
  page.say({ type: 'show', from: 0 });
  await atPlace(page, 1);
  page.say({ type: 'hide' });
  await leaves(first);
  await page.hears('detached');
  page.say({ type: 'show', from: 0 });
  await page.hears('attached');
});

test('a restart of a sandbox gives its place to nobody', async () => {
  gateway = await gatewayOn(new FakeDriver(), { maxSandboxes: 1 });
  const [first, second] = [await visit(gateway.url), await visit(gateway.url)];
  await (await asking(first)).hears('attached');
  const page = await asking(second);
  await atPlace(page, 1);
  const headers = { 'content-type': 'application/json', origin: gateway.url, cookie: first };
  const path = `${gateway.url}/api/courses/course/sandbox/restart`;
  expect((await fetch(path, { method: 'POST', headers, body: '{}' })).status).toBe(204);
  expect(attached(page)).toBe(false);
  expect(placeOf(page)).toBe(1);
});

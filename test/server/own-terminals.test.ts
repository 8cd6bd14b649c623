/** Terminals of a learner's own, on a gateway over sandboxes in memory: names, bounds, and what ends them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CloseTerminalRequest } from '../../sandbox-server/protocol/api.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { OWN_TERMINALS } from '../../sandbox-server/protocol/own-terminals.ts';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';

let driver: FakeDriver;
let gateway: Awaited<ReturnType<typeof gatewayOn>>;
let cookie: string;

beforeEach(async () => {
  driver = new FakeDriver();
  gateway = await gatewayOn(driver);
  cookie = await visit(gateway.url);
});
afterEach(() => gateway[Symbol.asyncDispose]());

const path = (name: string) => `/api/courses/course/terminals/${name}`;
const open = (name: string) => TestPage.open(gateway.url, cookie, path(name));

async function close(name: string, body: CloseTerminalRequest = {}): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(`${gateway.url}${path(name)}/close`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: gateway.url, cookie },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: await response.json() };
}

test('a learner has terminals of their own in the sandbox of the lesson', async () => {
  const main = await (await open('main')).attach();
  const pages = await Promise.all(OWN_TERMINALS.map(async (name) => (await open(name)).attach()));
  main.type('echo from-main > note\n');
  await main.shows(/note\r\n\$ /);
  for (const page of pages) {
    page.type('cat note\n');
    await page.shows(/from-main\r\n/);
  }
  expect(await driver.list()).toHaveLength(1);
});

test.each([`extra-${OWN_TERMINALS.length + 1}`, 'extra-1000', 'extra-99999999999999999999999'])(
  'one too many is refused by its name: %s',
  async (name) => {
    await expect(open(name)).rejects.toThrow(String(ERRORS['too-many-terminals'].status));
    expect(await close(name)).toMatchObject({ status: 409, answer: { error: { code: 'too-many-terminals' } } });
  },
);

test.each(['extra', 'extra-', 'extra-0', 'extra-01', 'extra--1', 'extra-1x', 'xextra-1', 'Extra-1', 'third'])(
  'a name that is neither a lesson’s nor of the reserved form is not found: %s',
  async (name) => {
    await expect(open(name)).rejects.toThrow('404');
    expect(await close(name)).toMatchObject({ status: 404, answer: { error: { code: 'not-found' } } });
  },
);

test('a terminal of the lesson cannot be closed', async () => {
  const page = await (await open('main')).attach();
  expect(await close('main')).toMatchObject({ status: 404 });
  page.type('echo goes-on\n');
  await page.shows(/goes-on\r\n\$ /);
});

test('who closes a terminal ends it for everybody who looks, and the next of its name is another', async () => {
  const one = await (await open('extra-1')).attach();
  const other = await (await open('extra-1')).attach();
  const { shell } = await one.hears('attached');
  expect(await close('extra-1')).toEqual({ status: 200, answer: { closed: true } });
  for (const page of [one, other]) expect(await page.hears('exited')).toMatchObject({ signal: 'hangup' });
  const next = await (await open('extra-1')).attach();
  expect((await next.hears('attached')).shell).not.toBe(shell);
});

test('a terminal whose shell runs is not closed as one that has ended', async () => {
  const page = await (await open('extra-1')).attach();
  expect(await close('extra-1', { unless: 'running' })).toEqual({ status: 200, answer: { closed: false } });
  page.type('exit\n');
  await page.hears('exited');
  expect(await close('extra-1', { unless: 'running' })).toEqual({ status: 200, answer: { closed: true } });
});

test('a sandbox that does not run is not started to close a terminal in it', async () => {
  const page = await (await open('extra-1')).attach();
  const [sandbox] = await driver.list();
  await driver.stop(sandbox!.id);
  await page.closed;
  expect(await close('extra-1')).toEqual({ status: 200, answer: { closed: true } });
  expect(await driver.status(sandbox!.id)).toBe('stopped');
});

test('a stranger closes nothing, and neither does a body of another form', async () => {
  const page = await (await open('extra-1')).attach();
  cookie = await visit(gateway.url);
  expect(await close('extra-1')).toEqual({ status: 200, answer: { closed: true } });
  expect(await close('extra-1', { unless: 'sunday' } as never)).toMatchObject({ status: 400 });
  cookie = '';
  expect(await close('extra-1')).toMatchObject({ status: 401 });
  page.type('echo still-here\n');
  await page.shows(/still-here\r\n\$ /);
  expect(page.messages.some(({ type }) => type === 'exited')).toBe(false);
});

import { duplexPair, type Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { UNPARSED_WINDOW_BYTES } from '../../sandbox-server/protocol/limits.ts';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { DyingDriver, FullDiskDriver, LingeringDriver } from '../../sandbox-server/sandbox/fake/failing.ts';
import { encodeControl, encodeFrame } from '../../sandbox-server/sandbox/init/decoder.ts';
import { FrameKind } from '../../sandbox-server/sandbox/init/frames.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';

let gateway: Awaited<ReturnType<typeof gatewayOn>> | undefined;

afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = undefined;
});

/** A driver whose `init` attaches each viewer and then floods it for as long as it reads. */
class FloodingDriver extends FakeDriver {
  written = 0;

  override async connect(): Promise<Duplex> {
    const [init, server] = duplexPair();
    init.on('error', () => {});
    init.once('data', () => {
      init.write(encodeControl({ ok: true }));
      init.write(
        encodeControl({
          type: 'attached',
          shell: 's',
          from: 0,
          replayTo: 0,
          cut: false,
          modes: '',
          columns: 80,
          rows: 24,
        }),
      );
      const flood = () => {
        while (!init.destroyed) {
          this.written += 32 * 1024;
          if (!init.write(encodeFrame(FrameKind.Data, Buffer.alloc(32 * 1024, 'y'))))
            return void init.once('drain', flood);
        }
      };
      flood();
    });
    return server;
  }
}

test('a page starts a sandbox, hears its stages, types and reads', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const page = await TestPage.open(gateway.url, await visit(gateway.url));
  await page.attach();
  expect(page.messages.filter((message) => message.type === 'starting').map((message) => message.stage)).toEqual([
    'disk',
    'container',
    'shell',
  ]);
  page.type('echo hello\n');
  await page.shows(/hello\r\n\$ /);
});

test('two tabs of a learner see the same terminal, another learner does not', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  const one = await (await TestPage.open(gateway.url, cookie)).attach();
  const two = await (await TestPage.open(gateway.url, cookie)).attach();
  const stranger = await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  one.type('echo private\n');
  await two.shows(/private\r\n/);
  expect(stranger.text).not.toContain('private');
});

test('a page that comes back goes on from the byte that it has', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  const before = await (await TestPage.open(gateway.url, cookie)).attach();
  before.type('echo one\n');
  await before.shows(/one\r\n\$ /);
  const { shell } = await before.hears('attached');
  before.close();
  const after = await TestPage.open(gateway.url, cookie);
  await after.attach({ from: before.position, shell });
  expect((await after.hears('attached')).from).toBe(before.position);
  after.type('echo two\n');
  await after.shows(/two\r\n/);
  expect(after.text).not.toContain('one');
});

test('a hidden page is detached and goes on when it is shown', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  const page = await (await TestPage.open(gateway.url, cookie)).attach();
  page.say({ type: 'hide' });
  expect(await page.hears('detached')).toMatchObject({ reason: 'hidden' });
  const other = await (await TestPage.open(gateway.url, cookie)).attach();
  other.type('echo meanwhile\n');
  await other.shows(/meanwhile\r\n/);
  expect(page.text).not.toContain('meanwhile');
  page.forget();
  page.say({ type: 'show', from: page.position });
  await page.hears('attached');
  await page.shows(/meanwhile\r\n/);
});

test('a page that does not parse gets no more than the window, and init is held', async () => {
  const driver = new FloodingDriver();
  gateway = await gatewayOn(driver);
  const page = await TestPage.open(gateway.url, await visit(gateway.url));
  page.acknowledges = false;
  await page.attach();
  await expect.poll(() => page.bytes).toBeGreaterThanOrEqual(UNPARSED_WINDOW_BYTES);
  const { written } = driver;
  await sleep(300);
  expect(page.bytes).toBeLessThan(UNPARSED_WINDOW_BYTES + 128 * 1024);
  expect(driver.written).toBe(written);
  page.say({ type: 'parsed', position: page.position });
  await expect.poll(() => page.bytes).toBeGreaterThanOrEqual(2 * UNPARSED_WINDOW_BYTES);
});

test('a page that parses nothing for a while is detached, so that it holds nobody back', async () => {
  gateway = await gatewayOn(new FloodingDriver());
  const page = await TestPage.open(gateway.url, await visit(gateway.url));
  page.acknowledges = false;
  await page.attach();
  expect(await page.hears('detached', 8000)).toMatchObject({ reason: 'lagging' });
});

test('acknowledging what was never sent changes nothing', async () => {
  gateway = await gatewayOn(new FloodingDriver());
  const page = await TestPage.open(gateway.url, await visit(gateway.url));
  page.acknowledges = false;
  await page.attach();
  page.say({ type: 'parsed', position: Number.MAX_SAFE_INTEGER });
  await sleep(300);
  expect(page.bytes).toBeLessThan(UNPARSED_WINDOW_BYTES + 128 * 1024);
});

test('a sandbox that cannot be made closes the socket with the code of why', async () => {
  gateway = await gatewayOn(new FullDiskDriver());
  const page = await TestPage.open(gateway.url, await visit(gateway.url));
  page.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  expect(await page.closed).toEqual({ code: ERRORS['host-disk-full'].close, reason: 'host-disk-full' });
});

test('a sandbox that dies while somebody looks says so', async () => {
  const driver = new DyingDriver();
  gateway = await gatewayOn(driver);
  const page = await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  const [sandbox] = await driver.list();
  await driver.die(sandbox!.id);
  expect((await page.closed).code).toBe(ERRORS['sandbox-died'].close);
});

test('a sandbox that dies slowly says so too', async () => {
  const driver = new LingeringDriver(200);
  gateway = await gatewayOn(driver);
  const page = await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  const [sandbox] = await driver.list();
  await driver.die(sandbox!.id);
  expect((await page.closed).reason).toBe('sandbox-died');
});

test('a server that ends says that it comes back', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const page = await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  await gateway[Symbol.asyncDispose]();
  gateway = undefined;
  expect((await page.closed).code).toBe(ERRORS['server-stopping'].close);
});

test('a shell that exits can be started anew', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const page = await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  page.type('exit\n');
  expect(await page.hears('exited')).toMatchObject({ status: 0, signal: null });
  page.forget();
  page.say({ type: 'restart' });
  expect((await page.hears('attached')).from).toBe(0);
  page.type('echo anew\n');
  await page.shows(/anew\r\n/);
});

test.each([
  ['what is no JSON', 'nonsense'],
  ['an unknown type', '{"type":"fly"}'],
  ['an unknown key', '{"type":"open","visible":true,"columns":80,"rows":24,"root":true}'],
  ['no columns', '{"type":"open","visible":true,"columns":0,"rows":24}'],
  ['a billion rows', '{"type":"open","visible":true,"columns":80,"rows":1000000000}'],
  ['something before open', '{"type":"hide"}'],
])('%s closes the socket', async (_title, text) => {
  gateway = await gatewayOn(new FakeDriver());
  const page = await TestPage.open(gateway.url, await visit(gateway.url));
  page.sayRaw(text);
  expect((await page.closed).code).toBe(ERRORS['bad-request'].close);
});

test('a server without sandboxes says why there is no terminal', async () => {
  gateway = await gatewayOn(new FakeDriver(), { sandboxes: { mode: 'off', code: 'sandboxes-off' } });
  const page = await TestPage.open(gateway.url, await visit(gateway.url));
  page.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  expect((await page.closed).code).toBe(ERRORS['sandboxes-off'].close);
});

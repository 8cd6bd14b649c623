/** The shipped Caddyfile before a real gateway: https by Caddy's own authority, HTTP/2, WebSockets, and who the client is. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { freePort, gatewayOn } from '../support/gateway.ts';

const SHIPPED = join(import.meta.dirname, '../../deploy/caddy/Caddyfile');
const SPOOFED = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', 'x-forwarded-proto': 'http' };
const home = mkdtempSync(join(tmpdir(), 'slipway-caddy-'));
const stack = new AsyncDisposableStack();
stack.defer(() => rmSync(home, { recursive: true, force: true }));
let gateway: Awaited<ReturnType<typeof gatewayOn>>;
let ca: Buffer;
let origin: string;

beforeAll(async () => {
  const port = await freePort();
  const inside = await freePort();
  origin = `https://localhost:${port}`;
  gateway = stack.use(
    await gatewayOn(new FakeDriver(), { port: inside, urls: [origin], trustedProxies: ['127.0.0.1'] }),
  );
  // As shipped, with the line for an authority of one's own; beside other servers of this machine.
  const caddyfile = readFileSync(SHIPPED, 'utf8').replace('# tls internal', 'tls internal');
  const options = `{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n}\n`;
  writeFileSync(join(home, 'Caddyfile'), options + caddyfile);
  const caddy = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', join(home, 'Caddyfile')], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_DATA_HOME: home,
      SLIPWAY_NAME: `localhost:${port}`,
      SLIPWAY_GATEWAY: `127.0.0.1:${inside}`,
    },
    stdio: 'ignore',
  });
  stack.defer(async () => {
    const ended = new Promise((resolve) => caddy.once('exit', resolve));
    caddy.kill('SIGTERM');
    await ended;
  });
  const root = join(home, 'caddy/pki/authorities/local/root.crt');
  await vi.waitUntil(() => existsSync(root), { timeout: 20_000 });
  ca = readFileSync(root);
  await vi.waitFor(async () => expect((await ask('GET', '/healthz')).status).toBe(200), { timeout: 20_000 });
});
afterAll(() => stack.disposeAsync());

/** By HTTP/1.1, with Caddy's certificate verified. */
function ask(method: string, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; cookie: string }>((resolve, reject) => {
    const body = method === 'POST' ? '{}' : '';
    const type: Record<string, string> = body === '' ? {} : { 'content-type': 'application/json' };
    request(origin + path, { method, ca, headers: { ...type, ...headers } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode!, cookie: response.headers['set-cookie']?.[0] ?? '' });
    })
      .once('error', reject)
      .end(body);
  });
}

const audited = () => {
  const folder = gateway.config.paths.audit;
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  return lines.map((line) => (JSON.parse(line) as { address?: string }).address);
};

test('pages come by HTTP/2, with a certificate of its authority', async () => {
  const session = connect(origin, { ca });
  const stream = session.request({ ':path': '/' });
  const status = await new Promise((resolve, reject) => {
    stream.once('response', (headers) => resolve(headers[':status']));
    session.once('error', reject);
    stream.once('error', reject);
  });
  session.close();
  expect(status).toBe(200);
});

test('a page of its own origin gets a Secure cookie, and types in a terminal as who it is', async () => {
  const { status, cookie } = await ask('POST', '/api/session', { origin, ...SPOOFED });
  expect(status).toBe(200);
  expect(cookie).toMatch(/; Secure/);
  const socket = new WebSocket(`${origin.replace('https', 'wss')}/api/courses/course/terminals/main`, {
    ca,
    headers: { origin, cookie: cookie.split(';')[0]!, ...SPOOFED },
  });
  let text = '';
  socket.on('message', (data: Buffer) => (text += data.toString()));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ type: 'open', visible: true, columns: 80, rows: 24 }));
  await expect.poll(() => text, { timeout: 15_000 }).toContain('attached');
  socket.send(Buffer.from('echo through-$((1+1))-caddy\r'));
  await expect.poll(() => text, { timeout: 15_000 }).toContain('through-');
  // Whatever the page wrote itself: the address that Caddy saw.
  await expect.poll(audited).toContain('127.0.0.1');
  expect(audited()).not.toContain('203.0.113.9');
  socket.close();
});

test('a foreign page is refused', async () => {
  expect((await ask('POST', '/api/session', { origin: 'https://evil.example' })).status).toBe(403);
});

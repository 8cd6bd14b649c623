import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text as read } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../sandbox-server/protocol/errors.ts';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { freePort, gatewayOn, TestPage, visit } from '../support/gateway.ts';
import { scrape } from '../support/prometheus.ts';
import { COURSE, LIVE_LESSON, TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

const course = 'containers-and-docker';

test('figures move with what happens to real sandboxes', async () => {
  const port = await freePort();
  await using server = await TestServer.start({ metrics: { host: '127.0.0.1', port } });
  const look = () => scrape(`http://127.0.0.1:${port}/metrics`);

  const before = await look();
  expect(before.value('slipway_sandboxes')).toBe(0);
  expect(before.value('slipway_supervisor_up')).toBe(1);
  expect(before.value('slipway_host_disk_free_bytes')).toBeGreaterThan(0);
  expect(before.value('slipway_host_disk_free_bytes')).toBeLessThan(before.value('slipway_host_disk_bytes'));
  expect(before.value('slipway_host_memory_available_bytes')).toBeGreaterThan(0);
  expect(before.value('slipway_database_bytes', { file: 'main' })).toBeGreaterThan(0);
  expect(before.types.get('nodejs_eventloop_lag_p99_seconds')).toBe('gauge');

  const cookie = await visit(server.url);
  const lesson = await TestPage.open(server.url, cookie, LIVE_LESSON);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  await page.shows(/\$ /);
  page.type('l');
  await page.shows(/l$/);
  await fetch(`${server.url}/api/nothing`);

  const during = await look();
  expect(during.value('slipway_sandboxes', { state: 'ready', course, profile: 'containers' })).toBe(1);
  expect(during.value('slipway_sandboxes')).toBe(1);
  expect(during.value('slipway_sandbox_events_total', { event: 'started' })).toBe(1);
  for (const phase of ['disk', 'container']) {
    expect(during.value('slipway_start_phase_seconds_count', { phase })).toBe(1);
    expect(during.value('slipway_start_phase_seconds_sum', { phase })).toBeGreaterThan(0);
  }
  expect(during.value('slipway_terminal_attach_seconds_count', { start: 'cold' })).toBe(1);
  expect(during.value('slipway_echo_seconds_count')).toBe(1);
  expect(during.value('slipway_terminal_bytes_total', { direction: 'in' })).toBe(1);
  expect(during.value('slipway_terminal_bytes_total', { direction: 'out' })).toBeGreaterThan(1);
  expect(during.value('slipway_websockets', { kind: 'terminal' })).toBe(1);
  expect(during.value('slipway_websockets', { kind: 'lesson' })).toBe(1);
  expect(during.value('slipway_refusals_total', { reason: 'not-found', by: 'http' })).toBe(1);
  expect(during.value('slipway_http_requests_total', { status: '4xx' })).toBe(1);

  page.close();
  lesson.close();
  await fetch(`${server.url}${COURSE}/sandbox/restart`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, cookie },
    body: '{}',
  });
  await server.end('supervisor', 'SIGKILL');
  await expect.poll(async () => (await look()).value('slipway_supervisor_up')).toBe(0);
  const after = await look();
  expect(after.value('slipway_sandbox_events_total', { event: 'stopped' })).toBe(1);
  expect(after.value('slipway_sandbox_events_total', { event: 'started' })).toBe(2);
  expect(after.value('slipway_supervisor_lost_total')).toBe(1);
  expect(after.value('slipway_websockets')).toBe(0);
  expect(after.samples.some(({ name }) => name === 'slipway_host_disk_bytes')).toBe(false);
  await server.run('supervisor');
  await expect.poll(async () => (await look()).value('slipway_supervisor_up')).toBe(1);

  // Labels: of tables, and nobody's.
  const learner = decodeURIComponent(cookie.slice('slipway='.length)).split('.')[0]!;
  for (const { name, labels } of after.samples) {
    if (!name.startsWith('slipway_')) continue;
    expect(JSON.stringify(labels)).not.toContain(learner);
    if (labels['reason'] !== undefined) expect(ERROR_CODES).toContain(labels['reason']);
    if (labels['course'] !== undefined) expect([course, 'specimen', 'other']).toContain(labels['course']);
  }
});

test('who waits for a place is in the figures, while they wait', async () => {
  const port = await freePort();
  await using gateway = await gatewayOn(new FakeDriver(), {
    metrics: { host: '127.0.0.1', port },
    maxSandboxes: 1,
  });
  const value = async (name: string) => (await scrape(`http://127.0.0.1:${port}/metrics`)).value(name);
  expect(await value('slipway_places')).toBe(1);
  await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  expect(await value('slipway_queue_length')).toBe(0);
  const second = await TestPage.open(gateway.url, await visit(gateway.url));
  second.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  await expect.poll(() => value('slipway_queue_length')).toBe(1);
});

test('the manual says what each figure of the server is', async () => {
  const port = await freePort();
  await using _gateway = await gatewayOn(new FakeDriver(), { metrics: { host: '127.0.0.1', port } });
  const { helps } = await scrape(`http://127.0.0.1:${port}/metrics`);
  const manual = readFileSync(join(import.meta.dirname, '../../docs/monitoring.md'), 'utf8');
  const own = [...helps.keys()].filter((name) => name.startsWith('slipway_'));
  expect(own.length).toBeGreaterThan(15);
  for (const name of own) expect(manual, name).toContain(`\`${name}\``);
});

test('figures are on an address of their own, and never on the public port', async () => {
  const port = await freePort();
  await using gateway = await gatewayOn(new FakeDriver(), { metrics: { host: '127.0.0.1', port } });
  const answer = await fetch(`${gateway.url}/metrics`);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toMatch(/slipway_/);
  const at = (host: string, path = '/metrics') =>
    ask(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  expect(await at(`127.0.0.1:${port}`)).toMatch(/^HTTP\/1.1 200 [^]*slipway_sandboxes/);
  expect(await at(`localhost:${port}`)).toMatch(/^HTTP\/1.1 200 /);
  // A page on another server's name that leads here (DNS rebinding).
  expect(await at(`evil.example:${port}`)).toMatch(/^HTTP\/1.1 421 /);
  expect(await at('127.0.0.1.evil.example')).toMatch(/^HTTP\/1.1 421 /);
  expect(await at(`127.0.0.1:${port}`, '/api/progress')).toMatch(/^HTTP\/1.1 404 /);
});

async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  return read(socket);
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { AuditEntry } from '../../sandbox-server/audit/audit.ts';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';
import { COURSE, dial, TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

function entries(folder: string): AuditEntry[] {
  const path = join(folder, 'audit.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as AuditEntry);
}

const learnerOf = (cookie: string) => decodeURIComponent(cookie.slice('slipway='.length)).split('.')[0]!;

function post(url: string, path: string, cookie: string, body: object = {}): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie },
    body: JSON.stringify(body),
  });
}

test('who had which sandbox when, from where, is one line each, in a file that only the server’s user reads', async () => {
  await using server = await TestServer.start();
  const { audit } = server.config.paths;
  const cookie = await visit(server.url);
  const learner = learnerOf(cookie);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL, { 'X-Request-Id': 'first-visit' })).attach();
  page.close();
  await post(server.url, `${COURSE}/sandbox/restart`, cookie);
  const { code } = (await (await post(server.url, '/api/recovery-code', cookie)).json()) as { code: string };
  await post(server.url, '/api/recover', '', { code });
  await post(server.url, '/api/progress/delete', cookie);

  const all = entries(audit);
  expect(all.map(({ event, reason }) => [event, reason].filter(Boolean).join(' '))).toEqual([
    'given',
    'started',
    'stopped restart',
    'started',
    'recovery-code-made',
    'recovery-code-used',
    'stopped removal',
    'destroyed',
    'learner-deleted',
  ]);
  const image = Object.values(server.config.images).find(({ profile }) => profile === 'containers')!;
  const [given] = all;
  expect(given).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    event: 'given',
    learner,
    address: '127.0.0.1',
    request: 'first-visit',
    sandbox: expect.stringMatching(/^[0-9a-z]{26}$/),
    course: 'containers-and-docker',
    image: image.id,
    profile: 'containers',
  });
  for (const entry of all) expect(entry).toMatchObject({ learner, address: '127.0.0.1' });
  const path = join(audit, 'audit.jsonl');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(path).uid).toBe(Number(execFileSync('id', ['-u', server.config.user], { encoding: 'utf8' })));
  const text = readFileSync(path, 'utf8');
  for (const secret of [code, code.replaceAll('-', ''), decodeURIComponent(cookie)]) expect(text).not.toContain(secret);
});

test('a request whose body comes late, by a connection that others came by, is noted as its own', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  const { code } = (await (await post(gateway.url, '/api/recovery-code', cookie)).json()) as { code: string };
  const socket = await dial(gateway.url);
  const body = JSON.stringify({ code });
  const head = (id: string) => [
    'POST /api/recover HTTP/1.1',
    `Host: ${new URL(gateway.url).host}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
  ];
  for (const id of ['first-of-two', 'second-of-two']) {
    socket.write(`${head(id).join('\r\n')}\r\n\r\n`);
    await sleep(50);
    socket.write(body);
    await expect.poll(() => entries(gateway.config.paths.audit).at(-1)).toMatchObject({ request: id });
  }
  socket.destroy();
});

test('the address is the client’s where a proxy is trusted, and the proxy’s where none is', async () => {
  const from = { 'X-Forwarded-For': '203.0.113.7' };
  for (const [trustedProxies, address] of [
    [['127.0.0.1'], '203.0.113.7'],
    [[], '127.0.0.1'],
  ] as const) {
    await using gateway = await gatewayOn(new FakeDriver(), { trustedProxies: [...trustedProxies] });
    const page = await TestPage.open(gateway.url, await visit(gateway.url), undefined, from);
    await page.attach();
    expect(entries(gateway.config.paths.audit)[0]).toMatchObject({ event: 'given', address });
  }
});

test('the server goes on where the record cannot be written: its disk is full', async () => {
  // /dev/full takes nothing: each write to it fails as on a full disk.
  await using gateway = await gatewayOn(new FakeDriver());
  const { audit } = gateway.config.paths;
  mkdirSync(audit, { recursive: true });
  execFileSync('ln', ['-s', '/dev/full', join(audit, 'audit.jsonl')]);
  const cookie = await visit(gateway.url);
  const page = await (await TestPage.open(gateway.url, cookie)).attach();
  page.type('echo still-here\n');
  await page.shows(/still-here\r\nstill-here/);
});

test('with a setting there is no record', async () => {
  await using gateway = await gatewayOn(new FakeDriver(), { auditKeepMs: 0 });
  const page = await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  page.close();
  expect(existsSync(gateway.config.paths.audit)).toBe(false);
});

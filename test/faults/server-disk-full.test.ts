import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Config } from '../../sandbox-server/config.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { refusalOf, TOLD_MS } from '../support/told.ts';

const enter = (url: string) =>
  fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: '{}',
    signal: AbortSignal.timeout(TOLD_MS),
  });

test('while the database’s disk is full nothing new is kept and everybody is told so; what was saved is there after', async () => {
  using disk = new SmallDisk(24);
  const gatewayData = join(disk.path, 'gateway');
  mkdirSync(gatewayData);
  await using server = await TestServer.start({
    paths: { gatewayData, accessCode: join(gatewayData, 'code') } as Config['paths'],
  });
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  await page.shows(/\$ /);
  disk.fill();
  // SQLite goes on in what its files have already, for a while.
  await expect
    .poll(async () => (await enter(server.url)).status, { timeout: 20_000 })
    .toBe(ERRORS['host-disk-full'].status);
  expect(await (await enter(server.url)).json()).toMatchObject({ error: { code: 'host-disk-full' } });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  page.type('echo goes-$((1))-on\n');
  await page.shows(/goes-1-on\r\n/);
  (await (await TestPage.open(server.url, cookie, TERMINAL)).attach()).close();

  // A gateway that is killed now waits for room, and nobody loses more than the connection.
  await server.end('gateway', 'SIGKILL');
  await page.closed;
  let ready = false;
  const running = server.run('gateway').then(() => (ready = true));
  await sleep(1500);
  if (!ready) disk.empty();
  await running;
  disk.empty();
  expect((await enter(server.url)).status).toBe(200);
  const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  await again.shows(/goes-1-on\r\n/);
});

test('while the folder of what runs is full a newcomer is told, and who is there goes on', async () => {
  using disk = new SmallDisk(16);
  const run = join(disk.path, 'run');
  mkdirSync(run);
  await using server = await TestServer.start({
    run,
    logLevel: 'fatal',
    paths: { supervisorSocket: join(run, 'supervisor.sock') } as Config['paths'],
  });
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  await page.shows(/\$ /);
  const newcomer = await visit(server.url);
  disk.fill();
  expect(await refusalOf(server.url, newcomer, TERMINAL)).toBe('host-disk-full');
  page.type('echo goes-$((1))-on\n');
  await page.shows(/goes-1-on\r\n/);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  disk.empty();
  await (await TestPage.open(server.url, newcomer, TERMINAL)).attach();
});

test('while the audit log’s disk is full the server goes on, and its log says so once, and how much is missing after', async () => {
  using disk = new SmallDisk(16);
  const audit = join(disk.path, 'audit');
  mkdirSync(audit);
  chmodSync(audit, 0o777);
  await using server = await TestServer.start({ logLevel: 'warn', paths: { audit } as Config['paths'] });
  const told = (text: string) =>
    readFileSync(join(server.config.run, 'gateway.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(text));
  const lines = () => readFileSync(join(audit, 'audit.jsonl'), 'utf8').split('\n').length;
  const come = async () => (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
  await come();
  // What is left of the file's last block takes a few lines more.
  disk.fill();
  for (let n = 0; n < 40 && told('the audit log cannot be written').length === 0; n++) {
    await noteLine(server.url);
  }
  const before = lines();
  await (await come()).shows(/\$ /);
  expect(lines()).toBe(before);
  expect(told('the audit log cannot be written')).toHaveLength(1);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  disk.empty();
  await come();
  expect(told('the audit log is written again')).toEqual([expect.stringMatching(/"lost":[1-9]/)]);
});

/** Does what is noted, and costs little. */
async function noteLine(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json', origin: url, cookie: await visit(url) };
  await fetch(`${url}/api/recovery-code`, { method: 'POST', headers, body: '{}' });
}

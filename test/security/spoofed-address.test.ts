/** Attack: headers of a proxy, written by a client, to have another address, to be limited as another, to look like https. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';

const SPOOFED = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', forwarded: 'for=203.0.113.9' };

type TestGateway = Awaited<ReturnType<typeof gatewayOn>>;

/** Joins from "another address" each time, and gives the status of each answer. */
async function guess(url: string, count: number, header: (n: number) => Record<string, string>): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < count; n++) {
    const response = await fetch(`${url}/api/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, ...header(n) },
      body: '{"code":"wrong"}',
    });
    statuses.push(response.status);
  }
  return statuses;
}

const welcome = (url: string, headers: Record<string, string>) =>
  fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, ...headers },
    body: '{}',
  });

/** Addresses in the audit log. */
function audited({ config }: TestGateway): unknown[] {
  const folder = config.paths.audit;
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  return lines.map((line) => (JSON.parse(line) as { address?: string }).address);
}

/** Opens a terminal, which makes a sandbox, by WebSocket. */
async function openTerminal(gateway: TestGateway): Promise<void> {
  const page = await TestPage.open(gateway.url, await visit(gateway.url), undefined, SPOOFED);
  await page.attach();
  page.close();
  await expect.poll(() => audited(gateway).length).toBeGreaterThan(0);
}

describe('a client that is no trusted proxy', () => {
  test('is limited by its own address, whatever it writes', async () => {
    await using gateway = await gatewayOn(new FakeDriver(), { access: 'code' });
    const statuses = await guess(gateway.url, 61, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }));
    expect(statuses).toContain(429);
  });

  test('gets no cookie as over https, and is noted by its own address', async () => {
    await using gateway = await gatewayOn(new FakeDriver(), { trustedProxies: ['192.0.2.1'] });
    expect((await welcome(gateway.url, SPOOFED)).headers.get('set-cookie')).not.toMatch(/secure/i);
    await openTerminal(gateway);
    expect(new Set(audited(gateway))).toEqual(new Set(['127.0.0.1']));
  });
});

describe('behind a trusted proxy', () => {
  const behind = { trustedProxies: ['127.0.0.0/8'] };

  test('each client is limited by itself, whatever it writes before the proxy’s word', async () => {
    await using gateway = await gatewayOn(new FakeDriver(), { access: 'code', ...behind });
    const one = await guess(gateway.url, 61, (n) => ({ 'x-forwarded-for': `203.0.113.${n}, 198.51.100.7` }));
    expect(one).toContain(429);
    const [other] = await guess(gateway.url, 1, () => ({ 'x-forwarded-for': '198.51.100.8' }));
    expect(other).not.toBe(429);
  });

  test('cookies are Secure where the browser came by https, and a WebSocket’s client is the one behind', async () => {
    await using gateway = await gatewayOn(new FakeDriver(), behind);
    expect((await welcome(gateway.url, SPOOFED)).headers.get('set-cookie')).toMatch(/; Secure/);
    expect((await welcome(gateway.url, { 'x-forwarded-proto': 'http' })).headers.get('set-cookie')).not.toMatch(
      /secure/i,
    );
    await openTerminal(gateway);
    expect(audited(gateway)).toContain('203.0.113.9');
  });

  test('no header of a proxy makes a foreign page ours', async () => {
    await using gateway = await gatewayOn(new FakeDriver(), behind);
    const foreign = { 'x-forwarded-host': new URL(gateway.url).host, origin: 'https://evil.example' };
    expect((await welcome(gateway.url, foreign)).status).toBe(403);
  });
});

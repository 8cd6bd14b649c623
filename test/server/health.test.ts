import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeDriver, FakeHost } from '../../sandbox-server/sandbox/fake/driver.ts';
import { AwayDriver } from '../../sandbox-server/sandbox/fake/failing.ts';
import { Health } from '../../sandbox-server/http/health.ts';
import { openDatabase } from '../../sandbox-server/store/database.ts';
import { gatewayOn } from '../support/gateway.ts';
import { send } from '../support/raw-web.ts';

async function ready(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, body: await response.json() };
}

test('a server that can do its work is well and ready, whatever name it is asked under', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  expect(await ready(gateway.url)).toEqual({ status: 200, body: { ready: true, reasons: [] } });
  for (const path of ['/healthz', '/readyz']) {
    const answer = await send(gateway.url, [`GET ${path} HTTP/1.1`, 'Host: 10.0.0.7', 'Connection: close']);
    expect(answer.status, path).toBe(200);
    // Any other path keeps to our own names, and so does this one with anything behind it.
    for (const other of [`${path}/`, `${path}?x`, `${path}/../api/progress`]) {
      const refused = await send(gateway.url, [`GET ${other} HTTP/1.1`, 'Host: 10.0.0.7', 'Connection: close']);
      expect(refused.status, other).toBe(421);
    }
    const posted = await send(gateway.url, [`POST ${path} HTTP/1.1`, 'Host: 10.0.0.7', 'Connection: close']);
    expect(posted.status).toBe(421);
  }
});

test('a database that another program holds is a reason', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  using other = new DatabaseSync(join(gateway.config.paths.gatewayData, 'slipway.db'));
  other.exec('BEGIN IMMEDIATE');
  expect(await ready(gateway.url)).toEqual({ status: 503, body: { ready: false, reasons: ['database'] } });
  other.exec('ROLLBACK');
  await expect.poll(() => ready(gateway.url), { timeout: 5000 }).toMatchObject({ status: 200 });
});

test('a supervisor that is away is a reason, and where there are no sandboxes it is none', async () => {
  await using gateway = await gatewayOn(new AwayDriver());
  expect(await ready(gateway.url)).toEqual({ status: 503, body: { ready: false, reasons: ['supervisor'] } });
  await using reading = await gatewayOn(new AwayDriver(), { sandboxes: { mode: 'off', code: 'sandboxes-off' } });
  expect(await ready(reading.url)).toMatchObject({ status: 200 });
});

test('too little free disk is a reason', async () => {
  const host = new FakeHost();
  host.capacity = { ...host.capacity, disk: { totalBytes: 2 ** 40, freeBytes: 2 ** 20 } };
  await using gateway = await gatewayOn(new FakeDriver(host), { minFreeDiskBytes: 2 ** 30 });
  expect(await ready(gateway.url)).toEqual({ status: 503, body: { ready: false, reasons: ['disk'] } });
});

test('a server that ends is not ready from the moment that it knows', async () => {
  using database = openDatabase(':memory:');
  const health = new Health({ database, leastFreeBytes: 0 });
  expect(await health.readiness()).toEqual({ ready: true, reasons: [] });
  health.drain();
  expect(await health.readiness()).toEqual({ ready: false, reasons: ['draining'] });
});

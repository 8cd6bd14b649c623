import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OciDriver } from '../../sandbox-server/sandbox/oci/driver.ts';
import type { SandboxSpec } from '../../sandbox-server/sandbox/driver.ts';
import { askInit } from '../../sandbox-server/sandbox/init/ask.ts';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { imageOf } from '../support/config.ts';
import { cgroupsIn, loopsOf, processesIn } from '../support/host.ts';
import { LIMITS } from '../support/limits.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let driver: OciDriver;
let spec: SandboxSpec;

beforeAll(async () => {
  server = await TestServer.start({ logLevel: 'warn' });
  await server.end('gateway');
  spec = { image: imageOf(server.config, 'standard'), profile: 'standard', hostname: 'slip', limits: LIMITS };
  driver = new OciDriver({ run: server.config.run, socket: server.config.paths.supervisorSocket });
});
afterAll(async () => {
  await driver?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Whatever is on the host belongs to a sandbox that the supervisor knows, and is what its state says. */
async function nothingIsOrphaned(): Promise<void> {
  const states = new Map((await driver.list()).map(({ id, state }) => [id, state]));
  const { run, paths, cgroup } = server.config;
  const running = [...states].filter(([, state]) => state !== 'stopped').map(([id]) => id);
  expect(readdirSync(join(paths.supervisorData, 'sandboxes')).sort()).toEqual([...states.keys()].sort());
  await expect.poll(() => cgroupsIn(cgroup).sort(), { timeout: 5000 }).toEqual([...running].sort());
  expect(readdirSync(join(run, 'sandboxes')).sort()).toEqual([...running].sort());
  expect(
    readdirSync(join(run, 'runtime'))
      .filter((name) => name.length === 26)
      .sort(),
  ).toEqual([...running].sort());
  await expect.poll(() => loopsOf(paths.supervisorData).sort(), { timeout: 5000 }).toEqual([...running].sort());
  for (const id of running) {
    if (states.get(id) === 'ready')
      expect(await askInit(await driver.connect(id), { op: 'status' }, 5000)).toMatchObject({ ok: true });
  }
}

/** Kills the supervisor while a call is under way, after so long. */
async function killDuring(call: () => Promise<unknown>, ms: number): Promise<void> {
  const outcome = call().then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
  await sleep(ms);
  await server.end('supervisor', 'SIGKILL');
  // A typed answer, not silence.
  expect(['done', 'unavailable', 'start-failed']).toContain(await Promise.race([outcome, sleep(5000, 'nothing')]));
  await server.run('supervisor');
}

const MOMENTS = [0, 3, 8, 15, 25, 40, 60];

test('a supervisor that is killed while it creates and starts leaves nothing that nobody owns', async () => {
  for (const ms of MOMENTS) {
    const id = randomId();
    await killDuring(async () => {
      await driver.create(id, spec);
      await driver.start(id);
    }, ms);
    // What was under way outside of the supervisor may take a moment to find out that nobody waits.
    await sleep(400);
    const state = await driver.status(id);
    await nothingIsOrphaned();
    // The same id goes on from whatever was done: once more is all that a gateway has to do.
    await driver.create(id, spec);
    await driver.start(id);
    expect(
      await askInit(await driver.connect(id), { op: 'status' }, 5000),
      `killed after ${ms} ms: ${state}`,
    ).toMatchObject({ ok: true });
    await driver.destroy(id);
    await nothingIsOrphaned();
  }
});

test('a supervisor that is killed while it stops and destroys leaves nothing that nobody owns', async () => {
  for (const ms of MOMENTS) {
    const id = randomId();
    await driver.create(id, spec);
    await driver.start(id);
    await killDuring(() => driver.destroy(id), ms);
    await nothingIsOrphaned();
    await driver.destroy(id);
    expect(await driver.status(id)).toBe('gone');
    await nothingIsOrphaned();
  }
  expect(processesIn(server.config.cgroup)).toEqual([]);
});

test('a supervisor that is killed while it freezes leaves a sandbox that goes on', async () => {
  const id = randomId();
  await driver.create(id, spec);
  await driver.start(id);
  for (const ms of [0, 2, 5]) {
    await killDuring(() => driver.freeze(id), ms);
    expect(['ready', 'frozen']).toContain(await driver.status(id));
    await driver.thaw(id);
    expect(await askInit(await driver.connect(id), { op: 'status' }, 5000)).toMatchObject({ ok: true });
  }
  await driver.destroy(id);
  await nothingIsOrphaned();
});

test('many sandboxes at once are all accounted for after a kill', async () => {
  const ids = Array.from({ length: 10 }, () => randomId());
  await Promise.all(ids.slice(0, 5).map((id) => driver.create(id, spec).then(() => driver.start(id))));
  await killDuring(
    () =>
      Promise.allSettled([
        ...ids.slice(0, 3).map((id) => driver.destroy(id)),
        ...ids.slice(5).map((id) => driver.create(id, spec).then(() => driver.start(id))),
      ]),
    60,
  );
  await sleep(400);
  await nothingIsOrphaned();
  await Promise.all(ids.map((id) => driver.destroy(id)));
  expect(await driver.list()).toEqual([]);
  await nothingIsOrphaned();
  expect(existsSync(join(server.config.run, 'mnt', 'root'))).toBe(false);
});

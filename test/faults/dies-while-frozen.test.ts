import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageOf } from '../support/config.ts';
import { initOf } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { sessionsOn } from '../support/sessions.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('a sandbox that ended while it was frozen is started over its files when its learner comes back', async () => {
  const image = imageOf(sandboxes.config, 'standard');
  const { sessions, clock } = sessionsOn(sandboxes.driver, {
    images: { image: { id: image, profile: 'standard' } },
    idleFreezeMs: 60_000,
    startTimeoutMs: 10_000,
  });
  const session = sessions.open('ada', 'course', 'image');
  (await session.connect()).destroy();
  await sandboxes.run(session.id, 'echo kept > ~/note; sync');
  clock.now += 120_000;
  await sessions.sweep();
  expect(session.state).toBe('frozen');
  // The kernel, for lack of memory; or the host restarted.
  process.kill(initOf(sandboxes, session.id), 'SIGKILL');
  await sandboxes.driver.thaw(session.id).catch(() => {});
  await expect.poll(() => sandboxes.driver.status(session.id)).toBe('stopped');

  (await session.connect()).destroy();
  expect(session.state).toBe('ready');
  expect((await sandboxes.run(session.id, 'cat ~/note')).out).toBe('kept\n');
  await session.destroy();
  await sessions[Symbol.asyncDispose]();
});

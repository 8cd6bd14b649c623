import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { sessionsOn } from '../support/sessions.ts';

let sandboxes: RealSandboxes;
beforeAll(async () => {
  sandboxes = await RealSandboxes.open({}, 'network bridges (module bridge): operation not supported');
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('a machine that cannot have engines in sandboxes refuses those, says why, and leaves nothing', async () => {
  const id = randomId();
  await expect(sandboxes.driver.create(id, sandboxes.specOf('containers'))).rejects.toMatchObject({
    code: 'profile-unsupported',
    message: expect.stringContaining('network bridges (module bridge): operation not supported'),
  });
  expect(await sandboxes.driver.status(id)).toBe('gone');
});

test('and starts all others', async () => {
  const id = await sandboxes.start();
  expect(await sandboxes.driver.status(id)).toBe('ready');
});

test('a learner of a course with an engine reads that the machine cannot, and is not asked to try again', async () => {
  const { image, profile } = sandboxes.specOf('containers');
  const { sessions } = sessionsOn(sandboxes.driver, {
    images: { image: { id: image, profile } },
    startTimeoutMs: 10_000,
  });
  await expect(sessions.open('ada', 'course', 'image').connect()).rejects.toMatchObject({
    name: 'LearnerError',
    code: 'profile-unsupported',
  });
  expect(ERRORS['profile-unsupported'].text).toMatch(/Docker.*machine cannot/);
  expect(ERRORS['profile-unsupported'].retry).toBe(false);
});

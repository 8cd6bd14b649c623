/** `slipway lesson test` as its users run it, on the images that were prepared for the tests. */
import { onTestFinished } from 'vitest';
import { Slipway } from '../cli/slipway.ts';
import { testConfig } from './config.ts';

export function startLessonTest(...args: string[]): Slipway {
  const { data, run, cgroup, idBase, idCount } = testConfig();
  const ids = ['--id-base', String(idBase), '--id-count', String(idCount)];
  return new Slipway(['lesson', 'test', ...args, '--data', data, '--run', run, '--cgroup', cgroup, ...ids]);
}

/** The same in a test, with which it ends. */
export function lessonTest(...args: string[]): Slipway {
  const slipway = startLessonTest(...args);
  // One that is left over would keep all others waiting.
  onTestFinished(async () => {
    slipway.child.kill('SIGTERM');
    await slipway.ended;
  });
  return slipway;
}

import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { PATIENCE } from './test/support/patience.ts';

/** Folders whose tests share the one host: its control groups, loop devices, processors. In the order in which they run. */
const ON_THE_HOST = ['contract', 'sandbox', 'server', 'security', 'faults', 'cli', 'lessons', 'browser'];

/** For a machine of two busy processors: a container starts in 50 ms, a browser in seconds. */
const HOST_TIMEOUT_MS = 60_000 * PATIENCE;

/** Some start shells by the hundred, on a machine that may do other things besides. */
const UNIT_TIMEOUT_MS = 30_000 * PATIENCE;

function onTheHost(name: string, index: number): TestProjectConfiguration {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: HOST_TIMEOUT_MS,
      hookTimeout: HOST_TIMEOUT_MS,
      // One file at a time, and one folder after the other: what a test measures is not to depend on its neighbours.
      fileParallelism: false,
      sequence: { groupOrder: index + 1 },
    },
  };
}

export default defineConfig({
  test: {
    // A forgotten `.only` would skip all others in silence.
    allowOnly: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: UNIT_TIMEOUT_MS,
          sequence: { groupOrder: 0 },
        },
      },
      ...ON_THE_HOST.map(onTheHost),
    ],
  },
});

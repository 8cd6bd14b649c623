import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PATIENCE } from './test/support/patience.ts';

/** Folders whose tests share the one host: its control groups, loop devices, processors. In the order in which they run. */
const ALONE = ['faults', 'cli'];

/** Whose tests are about what happens, and not about how much of the machine is left: two files side by side. */
const IN_PAIRS = ['contract', 'server', 'browser', 'lessons', 'sandbox'];

/** Attacks that take what the host has, or are about how much they get of it: alone too. All others go in pairs. */
const GREEDY = [
  'busy-neighbour',
  'busy-unattended',
  'destroy-busy-engine',
  'eat-memory',
  'engine-fills',
  'fill-kernel-buffers',
  'fill-shared-memory',
  'fill-the-disk',
  'flood-a-check',
  'flood-output',
  'flood-the-gateway',
  'fork-bomb',
  'host-mount-table',
  'page-that-never-reads',
  'raise-own-limits',
  'shared-tables',
  'slow-and-half-open',
  'take-every-place',
  'take-what-is-counted',
  'write-without-end',
].map((name) => `test/security/${name}.test.ts`);

/** Those that take minutes, begun first: at the end one would run alone, with a processor for nothing. */
const LONGEST = ['lessons/lessons', 'browser/screens', 'browser/task-screens', 'browser/dev'];

/** For a machine of two busy processors: a container starts in 50 ms, a browser in seconds. */
const HOST_TIMEOUT_MS = 60_000 * PATIENCE;

/** Some start shells by the hundred, on a machine that may do other things besides. */
const UNIT_TIMEOUT_MS = 30_000 * PATIENCE;

const onTheHost = (name: string, include = [`test/${name}/**/*.test.ts`], exclude: string[] = []) => ({
  name,
  include,
  exclude,
  testTimeout: HOST_TIMEOUT_MS,
  hookTimeout: HOST_TIMEOUT_MS,
});

/** One file at a time, and one folder after the other: what a test measures is not to depend on its neighbours. */
const alone = (name: string, index: number, include?: string[]): TestProjectConfiguration => ({
  test: { ...onTheHost(name, include), fileParallelism: false, sequence: { groupOrder: index + 2 } },
});

const inPairs = (name: string, exclude?: string[]): TestProjectConfiguration => ({
  test: { ...onTheHost(name, undefined, exclude), maxWorkers: 2, sequence: { groupOrder: 1 } },
});

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
      ...IN_PAIRS.map((name) => inPairs(name)),
      inPairs('security', GREEDY),
      ...ALONE.map((name, index) => alone(name, index)),
      alone('security-greedy', ALONE.length, GREEDY),
    ],
  },
});

import { defineConfig } from 'vitest/config';

/** Real containers, servers and browsers: one file at a time, with time for a slow machine. */
const real = (name: string) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 },
});

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      ...['cli', 'contract', 'sandbox', 'server', 'security', 'faults', 'browser'].map(real),
    ],
  },
});

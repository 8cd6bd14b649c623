/** `slipway lesson check` on courses that nothing is wrong with: what an author waits for after each save. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { layLessons } from '../../support/generated-lessons.ts';
import type { Bench } from '../bench.ts';
import { figure } from '../figure.ts';

const PROGRAM = join(import.meta.dirname, '../../../sandbox-server/cli/bootstrap.mjs');
const LESSONS = 100;

export const lessonCheck: Bench = {
  name: 'lesson-check',
  async run({ count, progress, signal }) {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
    try {
      layLessons(folder, LESSONS);
      const times: number[] = [];
      const rounds = count(50);
      for (let round = 1; round <= rounds; round++) {
        progress(`lesson check: ${round} of ${rounds}`);
        const began = performance.now();
        // Ends with 1, and so rejects, where it finds a mistake.
        await promisify(execFile)(process.execPath, [PROGRAM, 'lesson', 'check', folder], { signal });
        times.push(performance.now() - began);
      }
      const target = { limit: 2000, text: '< 2 s', of: 'p95' } as const;
      return {
        name: 'lesson-check',
        title: 'Looking through lessons',
        figures: [figure('lesson-check', `slipway lesson check, ${LESSONS} lessons`, 'ms', times, { target })],
        notes: [
          'From the start of the process to its end. Generated lessons of 7 KB with six tasks, twelve hints, a quiz, a drawing and a setup.sh each, in courses of twenty; nothing is wrong with them.',
        ],
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

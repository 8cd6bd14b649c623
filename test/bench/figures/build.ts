/** The site's build: what a start waits for after a lesson was changed, by the number of lessons. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compressSite } from '../../../sandbox-server/cli/stages/compress-site.ts';
import { layLessons } from '../../support/generated-lessons.ts';
import { buildSite, siteFolder } from '../../support/site.ts';
import type { Bench } from '../bench.ts';
import { figure } from '../figure.ts';

/** The large one takes as long as all others together. */
const SIZES = [
  { lessons: 1, rounds: 20 },
  { lessons: 100, rounds: 10 },
  { lessons: 1000, rounds: 3 },
];

export const build: Bench = {
  name: 'build',
  async run({ count, progress, signal }) {
    const figures = [];
    for (const { lessons, rounds } of SIZES) {
      const times: number[] = [];
      const most = Math.min(rounds, count(rounds));
      for (let round = 1; round <= most; round++) {
        signal.throwIfAborted();
        progress(`build of ${lessons} lessons: ${round} of ${most}`);
        times.push(await buildOnce(lessons));
      }
      figures.push(
        figure(`build-${lessons}`, `build, ${lessons} ${lessons === 1 ? 'lesson' : 'lessons'}`, 'ms', times),
      );
    }
    return {
      name: 'build',
      title: 'Building the site',
      figures,
      notes: [
        'From the start of the process to the last compressed page. Generated lessons of 7 KB with six tasks each, in courses of twenty; each build renders all of them.',
      ],
    };
  },
};

async function buildOnce(lessons: number): Promise<number> {
  const folder = siteFolder();
  try {
    const courses = join(folder, 'lessons');
    layLessons(courses, lessons);
    const began = performance.now();
    const { status, output } = await buildSite(courses, folder);
    if (status !== 0) throw new Error(output);
    await compressSite(join(folder, 'site'));
    return performance.now() - began;
  } finally {
    await rm(folder, { recursive: true });
  }
}

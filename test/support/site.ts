/** The site of the fixture courses, by Astro's own build, as `npm start` runs it. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A course with every part that a lesson can have, and a school's name and colours. */
export const FIXTURE_LESSONS = join(ROOT, 'test/fixtures/lessons');

/** A new folder that the server's user may read. */
export function siteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-site-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** Builds the courses in `lessons` into `folder/site`, with `folder/courses.json` beside it. */
export function buildSite(lessons: string, folder: string): Promise<{ status: number; output: string }> {
  const astro = [join(ROOT, 'node_modules/astro/bin/astro.mjs'), 'build', '--outDir', join(folder, 'site')];
  // Builds of one clone share what Astro keeps of its content between builds.
  const args = [join(ROOT, 'build/site-of-tests.lock'), process.execPath, ...astro];
  const env = { ...process.env, SLIPWAY_LESSONS: lessons, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile('flock', args, { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr });
    });
  });
}

/** Where a server finds what `buildSite` has built into a folder. */
export function sitePaths(folder: string) {
  return {
    site: join(folder, 'site'),
    courses: join(folder, 'courses.json'),
    lessonFiles: join(folder, 'lesson-files'),
  };
}

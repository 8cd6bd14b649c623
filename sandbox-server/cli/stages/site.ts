/** The stage that builds the lessons and their pages into build/site, build/courses.json and build/lesson-files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { Failure, type Progress } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import { compressSite } from './compress-site.ts';
import { digestOf, stampOf } from './digest.ts';

const SOURCES = [
  'site',
  'content.config.ts',
  'astro.config.ts',
  'sandbox-server/protocol',
  'sandbox-server/cli/stages/compress-site.ts',
  'package-lock.json',
];

export async function buildSite(root: string, lessons: string, progress: Progress): Promise<string> {
  if (!existsSync(lessons)) {
    throw new Failure({
      what: `There is no folder ${lessons}.`,
      mend: 'Name the folder of the courses with --lessons, or leave it out for the courses that come with Slipway.',
    });
  }
  const stamp = stampOf(root, 'site');
  const digest = digestOf(root, [...SOURCES, lessons]);
  const built = () => digestOf(root, ['build/site', 'build/courses.json', 'build/lesson-files'], digest);
  if (stamp.matches(built())) return 'up to date';

  stamp.remove();
  await runTool(process.execPath, [join(root, 'node_modules/astro/bin/astro.mjs'), 'build'], {
    cwd: root,
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1', SLIPWAY_LESSONS: lessons },
    onLine: (line) => line.trim() && progress(stripVTControlCharacters(line).trim()),
    // Astro announces one even where an author's mistake has none.
    keep: (line) => line.trim() !== 'Stack trace:',
    failed: 'The site could not be built.',
    mend: 'Mend the lesson or page that is named above, then start again.',
  });
  await compressSite(join(root, 'build/site'));
  stamp.write(built());
  return 'built';
}

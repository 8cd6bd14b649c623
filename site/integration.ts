import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { readCourses } from './course/course.ts';
import { toManifest } from './course/to-manifest.ts';

const ROUTES = [
  { pattern: '/', page: 'catalogue' },
  { pattern: '/courses/[course]', page: 'course' },
  { pattern: '/courses/[course]/[lesson]', page: 'lesson' },
  { pattern: '/join', page: 'join' },
  { pattern: '/404', page: 'not-found' },
];

/** The theme: it gives the pages their addresses, and tells the server what courses there are (build/courses.json). */
export default function slipway(): AstroIntegration {
  let root: URL;
  return {
    name: 'slipway',
    hooks: {
      'astro:config:setup': ({ config, injectRoute }) => {
        root = config.root;
        for (const { pattern, page } of ROUTES) {
          injectRoute({ pattern, entrypoint: new URL(`./pages/${page}.astro`, import.meta.url), prerender: true });
        }
      },
      'astro:build:done': async ({ dir, logger }) => {
        const courses = await readCourses(fileURLToPath(new URL('lessons', root)));
        // Beside the site and not in it: what is in it is served.
        const file = new URL('../courses.json', dir);
        await mkdir(new URL('.', file), { recursive: true });
        await writeFile(file, `${JSON.stringify(toManifest(courses), null, 2)}\n`);
        logger.info(`${courses.length} ${courses.length === 1 ? 'course' : 'courses'} in courses.json`);
      },
    },
  };
}

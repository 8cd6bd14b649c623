import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { writeManifest } from './course/write-manifest.ts';
import { keptCollections, keptCourses } from './kept.ts';
import { lessonsFolder } from './lessons-folder.ts';
import { readSchool } from './school/school.ts';

const ROUTES = [
  { pattern: '/', page: 'catalogue' },
  { pattern: '/courses/[course]', page: 'course' },
  { pattern: '/courses/[course]/[lesson]', page: 'lesson' },
  { pattern: '/join', page: 'join' },
  { pattern: '/404', page: 'not-found' },
];

/** What pages import the school's name and colours from. */
const SCHOOL_MODULE = 'virtual:slipway/school';

/** The theme: it gives the pages their addresses, and tells the server what courses there are (build/courses.json). */
export default function slipway(): AstroIntegration {
  let root: URL;
  return {
    name: 'slipway',
    hooks: {
      'astro:config:setup': async ({ config, injectRoute, updateConfig }) => {
        root = config.root;
        for (const { pattern, page } of ROUTES) {
          injectRoute({ pattern, entrypoint: new URL(`./pages/${page}.astro`, import.meta.url), prerender: true });
        }
        const tokens = await readFile(new URL('site/styles/tokens.css', root), 'utf8');
        const school = await readSchool(lessonsFolder(root), tokens);
        updateConfig({ vite: { plugins: [moduleOf(SCHOOL_MODULE, school), keptCollections] } });
      },
      'astro:config:done': ({ injectTypes }) => {
        const content = `declare module '${SCHOOL_MODULE}' {
  const school: import(${JSON.stringify(fileURLToPath(new URL('site/school/school.ts', root)))}).School;
  export default school;
}`;
        injectTypes({ filename: 'school.d.ts', content });
      },
      'astro:build:done': async ({ dir, logger }) => {
        const courses = await keptCourses(lessonsFolder(root));
        // Beside the site and not in it: what is in it is served.
        await writeManifest(courses, fileURLToPath(new URL('../courses.json', dir)));
        logger.info(`${courses.length} ${courses.length === 1 ? 'course' : 'courses'} in courses.json`);
      },
    },
  };
}

/** A module whose default export is a value known when the site is built. */
function moduleOf(id: string, value: unknown) {
  const resolved = `\0${id}`;
  return {
    name: id,
    resolveId: (asked: string) => (asked === id ? resolved : undefined),
    load: (asked: string) => (asked === resolved ? `export default ${JSON.stringify(value)}` : undefined),
  };
}

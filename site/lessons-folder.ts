import { fileURLToPath } from 'node:url';

/** The folder of the courses: SLIPWAY_LESSONS, which the set-up gives, or `lessons` in the project. */
export function lessonsFolder(root: URL): string {
  return process.env['SLIPWAY_LESSONS'] ?? fileURLToPath(new URL('lessons', root));
}

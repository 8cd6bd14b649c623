/** Two courses without anything to do in them, one of each profile. */
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CourseManifest } from '../../site/course/manifest.ts';
import { lesson } from './lesson-page.ts';

const TERMINALS = ['main', 'second', 'third'];

export const PROFILE_COURSES = ['standard', 'containers'] as const;

/** Path of a course's terminal. */
export const terminalIn = (course: (typeof PROFILE_COURSES)[number], terminal = 'main') =>
  `/api/courses/${course}/terminals/${terminal}`;

/** What a server is started with to have them. */
export function bothProfiles(): { paths: { courses: string } } {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-courses-'));
  chmodSync(folder, 0o755); // the gateway's user reads it
  const images = { standard: 'specimen', containers: 'containers-and-docker' };
  const manifest: CourseManifest = {
    courses: PROFILE_COURSES.map((id) => ({
      id,
      title: id,
      image: images[id],
      lessons: [lesson([], [], { terminals: TERMINALS })],
    })),
  };
  const courses = join(folder, 'courses.json');
  writeFileSync(courses, JSON.stringify(manifest));
  return { paths: { courses } };
}

/** What the layers of a lesson are called. */
import { createHash } from 'node:crypto';
import type { CourseEntry, LessonEntry } from '../../site/course/manifest.ts';
import type { ImageEntry } from '../config.ts';
import type { LayerId } from '../sandbox/driver.ts';

/** Raised where the same lesson is now recorded otherwise: what was recorded before is then not used any more. */
const RECORDER_VERSION = 1;

/** Of each name; with the digest a layer's stays below 128 characters. */
const NAME_CHARACTERS = 30;

/** In hexadecimal digits: 80 bits. */
const DIGEST_CHARACTERS = 20;

/**
 * The layer that holds the state at a task's start. The digest decides; the names before it are for people who look into
 * the folder.
 */
export function layerOf(course: CourseEntry, lesson: LessonEntry, task: string, image: ImageEntry): LayerId {
  const parts = [RECORDER_VERSION, image.id, image.profile, course.id, lesson.id, lesson.version, task];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGEST_CHARACTERS);
  const names = [course.id, lesson.slug, task].map((name) => name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'));
  return [...names.map((name) => name.slice(0, NAME_CHARACTERS)), digest].join('.');
}

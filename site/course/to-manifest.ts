import type { Course } from './course.ts';
import type { CourseManifest } from './manifest.ts';

/** What the server is told about the courses. Texts, commands and, later, checks stay out of it. */
export function toManifest(courses: readonly Course[]): CourseManifest {
  return {
    courses: courses.map(({ id, title, image, lessons }) => ({
      id,
      title,
      image,
      lessons: lessons.map(({ id, slug, title, terminals }) => ({ id, slug, title, terminals })),
    })),
  };
}

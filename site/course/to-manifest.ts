import type { Course } from './course.ts';
import type { CourseManifest } from './manifest.ts';

/** What the server is told about the courses.  */
export function toManifest(courses: readonly Course[]): CourseManifest {
  return {
    courses: courses.map(({ id, title, image, lessons }) => ({
      id,
      title,
      image,
      lessons: lessons.map(({ id, slug, title, terminals }) => ({
        id,
        slug,
        title,
        terminals,
        version: '',
        files: null,
        setup: null,
        tasks: [],
        quizzes: [],
      })),
    })),
  };
}

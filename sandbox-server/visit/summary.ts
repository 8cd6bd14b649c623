/** How far a learner is in their courses. */
import type { CourseEntry, LessonEntry } from '../../site/course/manifest.ts';
import type { CourseProgress, LessonSummary } from '../protocol/lesson.ts';
import type { LessonRecord } from '../store/progress.ts';

/** Of the courses that the learner has opened and the server still has. `records`: the one that was opened last first. */
export function summarise(courses: readonly CourseEntry[], records: readonly LessonRecord[]): CourseProgress[] {
  return courses.flatMap((course) => {
    const opened = records.filter(
      (record) => record.course === course.id && course.lessons.some(({ slug }) => slug === record.lesson),
    );
    const [last] = opened;
    if (!last) return [];
    const lessons = course.lessons.map((lesson) =>
      summaryOf(
        lesson,
        opened.find((record) => record.lesson === lesson.slug),
      ),
    );
    return [{ course: course.id, last: last.lesson, lessons }];
  });
}

/** Only what is in the lesson counts: an edit may have taken out what was done. */
function summaryOf({ slug, tasks, quizzes }: LessonEntry, record: LessonRecord | undefined): LessonSummary {
  const done =
    tasks.filter(({ id }) => record?.tasks.get(id)?.doneAt != null).length +
    quizzes.filter(({ id }) => record?.quizzes.get(id)?.doneAt != null).length;
  return { lesson: slug, opened: record !== undefined, done, of: tasks.length + quizzes.length };
}

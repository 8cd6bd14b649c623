import type { Lesson } from './lesson.ts';
import { readLink, type Target } from './links.ts';
import { nearest, type Problem } from './problem.ts';

/** A course as far as its lessons could be read. */
export interface LinkedCourse {
  id: string;
  lessons: readonly Lesson[];
  /** Folders of the lessons that are there and could not be read: what leads to them is not looked at. */
  unread: readonly string[] | 'all';
}

/** Looks whether every link of every lesson leads somewhere. `root` is the name of the folder that holds the courses. */
export function checkLinks(root: string, courses: readonly LinkedCourse[]): Problem[] {
  return courses.flatMap((course) =>
    course.lessons.flatMap((lesson) =>
      lesson.links.flatMap(({ url, line, column }) => {
        const read = readLink(url, course.id, lesson.id);
        const mistake = 'mistake' in read ? read.mistake : missing(url, read.target, lesson, courses);
        return mistake ? [{ file: `${root}/${course.id}/${lesson.id}/index.md`, line, column, ...mistake }] : [];
      }),
    ),
  );
}

function missing(url: string, target: Target, from: Lesson, courses: readonly LinkedCourse[]) {
  if (target.kind === 'elsewhere' || (target.kind === 'lesson' && isUnread(target, courses))) return undefined;
  const lesson = target.kind === 'here' ? from : find(target, courses);
  if (lesson === undefined) return noLesson(url, target as Extract<Target, { kind: 'lesson' }>, courses);
  if (target.anchor === '' || lesson.anchors.includes(target.anchor)) return undefined;
  return noAnchor(url, target.anchor, lesson);
}

function isUnread({ course, lesson }: Extract<Target, { kind: 'lesson' }>, courses: readonly LinkedCourse[]): boolean {
  const unread = courses.find(({ id }) => id === course)?.unread ?? [];
  return unread === 'all' || unread.includes(lesson);
}

function find(target: Extract<Target, { kind: 'lesson' }>, courses: readonly LinkedCourse[]): Lesson | undefined {
  return courses.find(({ id }) => id === target.course)?.lessons.find(({ id }) => id === target.lesson);
}

function noLesson(
  url: string,
  { course, lesson }: Extract<Target, { kind: 'lesson' }>,
  courses: readonly LinkedCourse[],
) {
  const files = courses.flatMap(({ id, lessons }) => lessons.map((known) => `${id}/${known.id}`));
  const meant = nearest(`${course}/${lesson}`, files);
  return {
    what: `the link "${url}" leads to no lesson: there is no ${course}/${lesson}/index.md in a course’s list`,
    expected: 'a lesson that is listed in its course.yaml',
    mend: meant === undefined ? 'Mend the link, or remove it.' : `The nearest is ${meant}/index.md.`,
  };
}

function noAnchor(url: string, anchor: string, { id, anchors }: Lesson) {
  const meant = nearest(anchor, anchors);
  return {
    what: `the link "${url}" leads to no heading: ${id} has no "#${anchor}"`,
    expected:
      anchors.length === 0 ? 'a link without an anchor: there are no headings' : `one of #${anchors.join(', #')}`,
    mend: meant === undefined ? 'Mend the anchor, or remove it.' : `Write "#${meant}".`,
  };
}

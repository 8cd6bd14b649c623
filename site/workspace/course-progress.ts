import type { CourseProgress, LessonSummary, ProgressAnswer } from '../../sandbox-server/protocol/lesson.ts';
import { isKnown } from './known.ts';

/** What is done, on the pages that lead to lessons. All of it has its place in the page and is seen when it is known. */
export async function tellProgress(): Promise<void> {
  const answer = isKnown() ? await fetchProgress() : null;
  for (const card of document.querySelectorAll<HTMLElement>('[data-course-card]')) {
    const course = answer?.courses.find(({ course }) => course === card.dataset['courseCard']);
    if (course !== undefined) tellCard(card, course);
  }
  const page = document.querySelector<HTMLElement>('[data-course-path]');
  if (page !== null)
    tellPath(
      page,
      answer?.courses.find(({ course }) => course === page.dataset['coursePath']),
    );
}

/** Marks in the header's list of lessons. */
export async function tellLessonList(list: HTMLElement): Promise<void> {
  const answer = isKnown() ? await fetchProgress() : null;
  const course = answer?.courses.find(({ course }) => course === list.dataset['lessonList']);
  for (const row of list.querySelectorAll<HTMLElement>('[data-lesson]')) {
    const summary = course?.lessons.find(({ lesson }) => lesson === row.dataset['lesson']);
    if (summary !== undefined) mark(row, summary);
  }
}

async function fetchProgress(): Promise<ProgressAnswer | null> {
  const response = await fetch('/api/progress').catch(() => null);
  return response?.ok ? ((await response.json().catch(() => null)) as ProgressAnswer | null) : null;
}

const isDone = ({ done, of }: LessonSummary) => of > 0 && done === of;

/** The lesson that the learner was in; where that is done, the first after it that is not. Null: all are. */
export function lessonToGoOnWith({ last, lessons }: CourseProgress): string | null {
  const at = lessons.findIndex(({ lesson }) => lesson === last);
  const rest = [...lessons.slice(Math.max(0, at)), ...lessons.slice(0, Math.max(0, at))];
  return rest.find((summary) => !isDone(summary) && (summary.of > 0 || summary.lesson === last))?.lesson ?? null;
}

function tellCard(card: HTMLElement, course: CourseProgress): void {
  const [done, of] = course.lessons.reduce(([done, of], lesson) => [done + lesson.done, of + lesson.of], [0, 0]);
  if (of > 0) tell(card.querySelector('[data-progress]'), `${done} of ${of} done`);
  const link = card.querySelector<HTMLAnchorElement>('[data-continue]');
  if (link === null) return;
  link.href = `/courses/${course.course}/${lessonToGoOnWith(course) ?? course.last}/`;
  link.dataset['told'] = '';
}

function tellPath(page: HTMLElement, course: CourseProgress | undefined): void {
  for (const station of page.querySelectorAll<HTMLElement>('[data-lesson]')) {
    const summary = course?.lessons.find(({ lesson }) => lesson === station.dataset['lesson']);
    if (summary !== undefined) mark(station, summary);
  }
  const link = page.querySelector<HTMLAnchorElement>('[data-continue]');
  if (link === null) return;
  if (course !== undefined) {
    const next = lessonToGoOnWith(course);
    const lesson = next ?? course.last;
    const title = page.querySelector(`[data-lesson="${CSS.escape(lesson)}"] a`)?.textContent?.trim() ?? '';
    link.href = `/courses/${course.course}/${lesson}/`;
    const label = link.querySelector('span');
    if (label !== null) label.textContent = next === null ? `Read “${title}” again` : `Continue with “${title}”`;
  }
  link.dataset['told'] = '';
}

function mark(element: HTMLElement, summary: LessonSummary): void {
  const { opened, done, of } = summary;
  element.toggleAttribute('data-opened', opened);
  element.toggleAttribute('data-done', isDone(summary));
  element.style.setProperty('--share', `${of === 0 ? 0 : (100 * done) / of}%`);
  const words = isDone(summary) ? 'done' : of > 0 ? `${done} of ${of} done` : opened ? 'opened' : '';
  tell(element.querySelector('[data-progress]'), words);
}

function tell(element: HTMLElement | null, words: string): void {
  if (element === null || words === '') return;
  element.textContent = words;
  element.dataset['told'] = '';
}

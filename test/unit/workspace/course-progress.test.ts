import { expect, it } from 'vitest';
import { lessonToGoOnWith } from '../../../site/workspace/course-progress.ts';

/** `a:2/6` is a lesson with two of six done; `a` one without tasks. */
function course(last: string, ...lessons: string[]) {
  return {
    course: 'c',
    last,
    lessons: lessons.map((words) => {
      const [lesson = '', done, of] = words.split(/[:/]/);
      return { lesson, opened: true, done: Number(done ?? 0), of: Number(of ?? 0) };
    }),
  };
}

it.each([
  ['the lesson that they were in', 'b', course('b', 'a:1/2', 'b:1/2', 'c:0/2')],
  ['the next one where that is done', 'c', course('b', 'a:1/2', 'b:2/2', 'c:0/2')],
  ['what they left open before, where all after it is done', 'a', course('b', 'a:1/2', 'b:2/2', 'c:2/2')],
  ['a lesson without tasks where they were in that', 'b', course('b', 'a:1/2', 'b', 'c:0/2')],
  ['nothing where all is done', null, course('b', 'a:2/2', 'b:2/2', 'c')],
])('a learner goes on with %s', (_, expected, progress) => expect(lessonToGoOnWith(progress)).toBe(expected));

/** Which tasks of a lesson are to be done now, by which ones are done. */
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import type { TaskProgress } from '../protocol/lesson.ts';

export type TaskState = TaskProgress['state'];

export function stateOf(task: TaskEntry, done: ReadonlySet<string>): TaskState {
  if (done.has(task.id)) return 'done';
  return task.needs.every((each) => done.has(each)) ? 'open' : 'waiting';
}

/**
 * Whether a task's turn has come: all that it needs is done, or the one before it in the text where it needs none by name.
 * Then its setup is done. What is open may be done before.
 */
export function isDue(lesson: LessonEntry, task: TaskEntry, done: ReadonlySet<string>): boolean {
  if (task.needs.length > 0) return task.needs.every((each) => done.has(each));
  const before = lesson.tasks[lesson.tasks.indexOf(task) - 1];
  return before === undefined || done.has(before.id);
}

/** The tasks whose turn has come because `task` was done. */
export function beginAfter(lesson: LessonEntry, task: string, done: ReadonlySet<string>): TaskEntry[] {
  return lesson.tasks.filter((each, index) => {
    if (done.has(each.id) || !isDue(lesson, each, done)) return false;
    return each.needs.length > 0 ? each.needs.includes(task) : lesson.tasks[index - 1]?.id === task;
  });
}

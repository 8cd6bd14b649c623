/** Which tasks of a lesson are to be done now, by which ones are done. */
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import type { TaskProgress } from '../protocol/lesson.ts';

export type TaskState = TaskProgress['state'];

export function stateOf(task: TaskEntry, done: ReadonlySet<string>): TaskState {
  if (done.has(task.id)) return 'done';
  return task.needs.every((each) => done.has(each)) ? 'open' : 'waiting';
}

/**
 * The tasks that begin when `task` was done, whose setup is then due: those that needed it and nothing else any more, and
 * the one after it in the text where that needs nothing by name.
 */
export function beginAfter(lesson: LessonEntry, task: string, done: ReadonlySet<string>): TaskEntry[] {
  return lesson.tasks.filter((each, index) => {
    if (stateOf(each, done) !== 'open') return false;
    return each.needs.length > 0 ? each.needs.includes(task) : lesson.tasks[index - 1]?.id === task;
  });
}

/** Which tasks of a lesson are to be done now, by which ones are done. */
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import type { TaskProgress } from '../protocol/lesson.ts';

export type TaskState = TaskProgress['state'];

export function stateOf(task: TaskEntry, done: ReadonlySet<string>): TaskState {
  if (done.has(task.id)) return 'done';
  return task.needs.every((each) => done.has(each)) ? 'open' : 'waiting';
}

/** Whether a task has begun in a sandbox. */
type Begun = (task: TaskEntry) => boolean;

/** Whether something is to be made in a sandbox when the task begins there. */
export function isDue(task: TaskEntry, begun: Begun): boolean {
  return task.setup.length + task.live.length > 0 && !begun(task);
}

/**
 * The tasks that begin when `task` was done, whose setup is then due: those that needed it and nothing else any more, and
 * the one after it in the text where that needs nothing by name. One that is done begins anew in a sandbox where it has
 * not begun: the learner was brought back to a task before it.
 */
export function beginAfter(
  lesson: LessonEntry,
  task: string,
  done: ReadonlySet<string>,
  begun: Begun = () => false,
): TaskEntry[] {
  return lesson.tasks.filter((each, index) => {
    const state = stateOf(each, done);
    if (state === 'waiting' || (state === 'done' && !isDue(each, begun))) return false;
    return each.needs.length > 0 ? each.needs.includes(task) : lesson.tasks[index - 1]?.id === task;
  });
}

/**
 * Whether the task is checked by itself: it is to be done and has begun here, or it is done and what begins after it has not
 * begun here. A check of what has not begun would look at what the learner never had, and might pass.
 */
export function isWatched(lesson: LessonEntry, task: TaskEntry, done: ReadonlySet<string>, begun: Begun): boolean {
  const state = stateOf(task, done);
  if (state !== 'done') return state === 'open' && !isDue(task, begun);
  return beginAfter(lesson, task.id, done, begun).some((each) => isDue(each, begun));
}

/** Which tasks of a lesson are to be done now, by which ones are done. */
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import type { TaskProgress } from '../protocol/lesson.ts';

export type TaskState = TaskProgress['state'];

const NONE: ReadonlySet<string> = new Set();

/**
 * `given`: tasks whose solutions the sandbox was made with. They are not done by that, but what needs them can be: a learner
 * who was brought to a task can do it.
 */
export function stateOf(task: TaskEntry, done: ReadonlySet<string>, given = NONE): TaskState {
  if (done.has(task.id)) return 'done';
  return task.needs.every((each) => done.has(each) || given.has(each)) ? 'open' : 'waiting';
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
  given = NONE,
): TaskEntry[] {
  return lesson.tasks.filter((each, index) => {
    const state = stateOf(each, done, given);
    if (state === 'waiting' || (state === 'done' && !isDue(each, begun))) return false;
    return each.needs.length > 0 ? each.needs.includes(task) : lesson.tasks[index - 1]?.id === task;
  });
}

/** What begins in a sandbox that was made with these solutions, as if they had just been done one after the other. */
export function beginPast(
  lesson: LessonEntry,
  given: ReadonlySet<string>,
  done: ReadonlySet<string>,
  begun: Begun,
): TaskEntry[] {
  const after = new Set([...given].flatMap((each) => beginAfter(lesson, each, done, begun, given)));
  return lesson.tasks.filter((each) => after.has(each) && isDue(each, begun));
}

/**
 * Whether the task is checked by itself: it is to be done and has begun here, or it is done and what begins after it has not
 * begun here. A check of what has not begun would look at what the learner never had, and might pass; that of what was given
 * would pass for what the learner never did.
 */
export function isWatched(
  lesson: LessonEntry,
  task: TaskEntry,
  done: ReadonlySet<string>,
  begun: Begun,
  given = NONE,
): boolean {
  const state = stateOf(task, done, given);
  if (state !== 'done') return state === 'open' && !given.has(task.id) && !isDue(task, begun);
  return beginAfter(lesson, task.id, done, begun, given).some((each) => isDue(each, begun));
}

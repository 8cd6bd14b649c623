/** What visits are given. */
import type { Duplex } from 'node:stream';
import type { LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import type { Verdict } from '../checks/read-verdict.ts';
import type { Courses } from '../http/courses.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { BegunTasks } from '../store/begun-tasks.ts';
import type { Progress } from '../store/progress.ts';

export interface VisitsOptions {
  courses: Courses;
  progress: Progress;
  /** The learner's sandbox of a course, if there is one. */
  find: (learner: string, course: string) => SandboxSession | undefined;
  /** A stream to the `init` of a sandbox that runs. Rejects where it does not. */
  connect: (sandbox: string) => Promise<Duplex>;
  /** Prepares the sandbox for the lesson where it is not yet, and then calls back. Rejects with a `LearnerError`. */
  prepare: (session: SandboxSession, lesson: LessonEntry, onWork: () => void) => Promise<void>;
  /** Does the setup of tasks that begin. Rejects with a `LearnerError`. */
  begin: (session: SandboxSession, tasks: readonly TaskEntry[]) => Promise<void>;
  /** Which tasks have begun in which sandbox. */
  begun: Pick<BegunTasks, 'has' | 'add' | 'given'>;
  /** Orders quizzes: nobody else has it. */
  secret: string;
  now: () => number;
  /** A check ran, for so many seconds. */
  onCheck: (outcome: Verdict['outcome'], seconds: number) => void;
  log: { debug(fields: object, text: string): void; warn(fields: object, text: string): void };
}

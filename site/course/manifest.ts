/**
 * What the site's build tells the server about the courses (build/courses.json), one entry a course. It holds checks and
 * solutions: it is not served, the server alone reads it.
 */
export interface CourseManifest {
  courses: CourseEntry[];
}

export interface CourseEntry {
  /** The course's folder name: also its place in URLs. */
  id: string;
  title: string;
  /** Name of the sandbox image: image/image.yaml in the course's folder describes it. */
  image: string;
  lessons: LessonEntry[];
}

export interface LessonEntry {
  /** The lesson's folder name, `01-introduction`. */
  id: string;
  /** Its place in URLs: the folder name without its number. */
  slug: string;
  title: string;
  /** Names of its terminals, in order. At least one. */
  terminals: string[];
  /**
   * Digest of all that decides what a sandbox holds at the start of each task: files, setup, solutions. What was recorded
   * of another version does not count.
   */
  version: string;
  /**
   * Name of the archive of what the lesson lays, `<sha-256>.tar` in the folder `lesson-files` beside the manifest. Null
   * where it lays nothing.
   */
  files: string | null;
  /** setup.sh: prepares the sandbox, as root, before the learner arrives. Null where the lesson has none. */
  setup: ScriptStep | null;
  /** In the order of the text. */
  tasks: TaskEntry[];
  /** In the order of the text. */
  quizzes: QuizEntry[];
}

/** A script that runs in the sandbox, unseen. */
export interface ScriptStep {
  kind: 'script';
  /** Where its first line stands, for authors: `lessons/course/01-lesson/index.md:41`. */
  place: string;
  text: string;
  user: 'learner' | 'root';
  timeoutMs: number;
}

export interface CheckStep extends ScriptStep {
  /** checks.sh: what the checks of the lesson share, which is read before it. Left out where the lesson has none. */
  shared?: string;
}

/** Commands that are typed into a terminal, as a run button types them. */
export interface TypedStep {
  kind: 'typed';
  /** As in `ScriptStep`. */
  place: string;
  text: string;
  terminal: string;
  /** Ctrl-C is sent first. */
  interrupt: boolean;
  /** The exit status that is meant to come. */
  exit: number;
  /** It goes on: nothing waits for its end. */
  background: boolean;
  /** It ends in another program's prompt, which ends with this text. */
  opens: string | null;
}

/** `live`: it makes what files cannot hold, and is done again after every reset and jump to this task or a later one. */
export type SolveStep = (TypedStep | ScriptStep) & { live: boolean };

export interface TaskEntry {
  /** Unique in its lesson, quizzes included. */
  id: string;
  title: string;
  /** `ask`: the learner types an answer, which the check gets as `$ANSWER`. */
  kind: 'task' | 'ask';
  /** Ids of tasks of this lesson that come before it. */
  needs: string[];
  check: CheckStep;
  /** Prepares files, before the learner comes to the task. */
  setup: ScriptStep[];
  /** Rebuilds what files cannot hold, in order: at the task's start, and after every reset and jump to it or a later one. */
  live: (ScriptStep | TypedStep)[];
  /** Typed in order. Of an ask: one script, whose standard output is the answer. */
  solve: SolveStep[];
  /** How many rungs its ladder of hints has. The hints themselves are in the page. */
  hints: number;
}

export interface QuizEntry {
  /** Unique in its lesson, tasks included. */
  id: string;
  /** In the order of the text; the page shows them in another. */
  answers: QuizAnswer[];
}

export interface QuizAnswer {
  right: boolean;
  /** HTML, shown to whoever chose it. Empty where there is none. */
  explanation: string;
}

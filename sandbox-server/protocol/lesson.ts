/**
 * What a page and the gateway say to each other about a lesson: its tasks, quizzes and progress.
 *
 * `GET /api/courses/:course/lessons/:lesson/live` with `Upgrade: websocket` is one page that shows a lesson (`:lesson` is
 * its slug). Text frames are the JSON messages below; there are no binary frames. Opening it notes that the learner
 * opened the lesson, and has the open tasks checked again where the sandbox runs. It starts no sandbox. Everything else
 * is a request of its own, below.
 */
import type { ErrorCode } from './errors.ts';
import type { FigureView } from './figure.ts';
import type { ClosingMessage } from './messages.ts';

/** From the page to the gateway. */
export type LessonClientMessage =
  /** The learner asks for a check. `answer` where the task is an ask: at most `MAX_ANSWER_CHARACTERS`. */
  | { type: 'check'; task: string; answer?: string }
  /** Where the learner is reading: the last heading above the text's top edge, and how far below it, in CSS pixels. */
  | ({ type: 'reading' } & ReadingPlace)
  /** Whether a live figure of the page can be seen. While it can, the page is told what it shows; at first it cannot. */
  | { type: 'figure'; seen: boolean };

/** From the gateway to the page. The first message is `progress`. */
export type LessonServerMessage =
  /** Everything; again when another window, a reset or a new version of the lesson changed it. */
  | { type: 'progress'; tasks: TaskProgress[]; quizzes: QuizProgress[]; place: ReadingPlace | null }
  | { type: 'task'; task: TaskProgress }
  | { type: 'quiz'; quiz: QuizProgress }
  /** The sandbox is being prepared for this lesson, reset or brought to a task; `idle` when that is over. */
  | { type: 'sandbox'; work: SandboxWork }
  /** To a page that sees a live figure: at once, and whenever it is to show something else. */
  | ({ type: 'figure' } & FigureView)
  | ClosingMessage;

export interface ReadingPlace {
  /** Empty: above the first heading. */
  anchor: string;
  offset: number;
}

export interface TaskProgress {
  id: string;
  /**
   * `waiting`: a task that it needs is not done. `open`: to be done now. `done` stays done.
   */
  state: 'waiting' | 'open' | 'done';
  /** Milliseconds since 1970; null where it is not done. */
  doneAt: number | null;
  /** Whether a check that the learner asked for is under way. Those that a command triggers are told by what they say. */
  checking: boolean;
  /** What the last check said, where the task is not done; null where none ran. */
  report: CheckReport | null;
  /** How many hints the learner has opened. */
  hints: number;
  /** Whether the learner has asked for the solution. */
  solution: boolean;
}

/** Why a check did not pass. What comes from the sandbox is text, never markup, and at most `MAX_REASON_CHARACTERS` each. */
export type CheckReport =
  | {
      outcome: 'not-yet';
      reason: string;
      /** Side by side, where the check said what it compared. */
      compared: { what: string; expected: string; found: string } | null;
      /** Whether the learner asked; otherwise a command of theirs triggered it. */
      asked: boolean;
      at: number;
    }
  /** The author's fault: it never passes. `crashed`: also of a check that gives no reason. */
  | { outcome: 'broken'; fault: 'crashed' | 'hung' | 'flooded'; detail: string; asked: boolean; at: number }
  /** It could not run: the sandbox is stopped, or the server has no room for it. */
  | { outcome: 'not-run'; code: ErrorCode; asked: boolean; at: number };

export interface QuizProgress {
  id: string;
  /** The order in which this learner sees the answers: indices of the text's order. */
  order: number[];
  /** What was sent last; empty where nothing was. */
  chosen: number[];
  /** Whether that was right: every right answer and no other. Null where nothing was sent. */
  right: boolean | null;
  /** Of the answers that were chosen last: whether each is right, and why, as HTML of the author's. */
  verdicts: { answer: number; right: boolean; explanation: string }[];
  tries: number;
}

/** `stage` is told to the learner in words of the page's. */
export type SandboxWork =
  | { name: 'idle' }
  | { name: 'preparing' }
  | { name: 'moving'; task: string; stage: MoveStage }
  /** It did not come about; the sandbox is as it was before. */
  | { name: 'failed'; task: string; code: ErrorCode; detail: string };

/** Stages of a reset or jump, in order; one that is not needed is not told. `recording` happens once a lesson version. */
export type MoveStage = 'recording' | 'stopping' | 'starting' | 'rebuilding';

/** Longest reason, comparison or detail of a check, in UTF-16 code units; the rest is cut with an ellipsis. */
export const MAX_REASON_CHARACTERS = 2_000;

/** A number, a name, a line: what an ask is for. */
export const MAX_ANSWER_CHARACTERS = 500;

/*
 * All below `/api/courses/:course/lessons/:lesson`:
 *
 * `POST /tasks/:task/hints` with `HintRequest` → 204. The hint is in the page; this notes that it was opened.
 * `POST /tasks/:task/solution` → `SolutionAnswer`. Notes that it was asked for.
 * `POST /tasks/:task/move` → `MoveAnswer`. Reset of this task, or jump to it: the sandbox is brought to the state at the
 *   task's start. The learner's own changes are lost. Progress is told on the `live` socket.
 * `POST /quizzes/:quiz` with `QuizRequest` → `QuizProgress`.
 */

export interface HintRequest {
  /** Counted from 1. Opens this rung and all below it. */
  rung: number;
}

export interface SolutionAnswer {
  /** In order. A page types them as it types a run block. */
  steps: SolutionStep[];
}

export interface SolutionStep {
  text: string;
  /** Null: it is typed nowhere (the answer to an ask, found out by this command). */
  terminal: string | null;
  interrupt: boolean;
  exit: number;
  background: boolean;
  opens: string | null;
}

export interface MoveAnswer {
  /** How long it took, in milliseconds, and how much of that the live blocks did. */
  ms: number;
  liveMs: number;
}

export interface QuizRequest {
  /** Indices of the text's order. */
  chosen: number[];
}

/** `GET /api/progress`: of every course that the learner has opened. */
export interface ProgressAnswer {
  courses: CourseProgress[];
}

export interface CourseProgress {
  course: string;
  /** Slug of the lesson that the learner was in last. */
  last: string;
  lessons: LessonSummary[];
}

export interface LessonSummary {
  /** Its slug. */
  lesson: string;
  opened: boolean;
  /** Tasks and quizzes that are done, of how many. Both 0: the lesson has none. */
  done: number;
  of: number;
}

/*
 * `GET  /api/progress/export` → `LearnerExport`, as a JSON file to download.
 * `POST /api/progress/delete` → 204. Deletes the learner: progress, sandboxes, files; the cookie is void.
 */

/** Everything that is kept of a learner but the files in their sandboxes, which are a download of their own. */
export interface LearnerExport {
  format: 'slipway-learner-1';
  learner: { id: string; createdAt: Time; seenAt: Time; hasRecoveryCode: boolean };
  /** Those that were opened; the one that was opened last first. Names are ids of course, lesson, task and quiz. */
  lessons: {
    course: string;
    lesson: string;
    firstOpenedAt: Time;
    lastOpenedAt: Time;
    place: ReadingPlace;
    /** Of an ask, `answer` is what was sent last. */
    tasks: { task: string; doneAt: Time | null; hints: number; solutionAt: Time | null; answer: string | null }[];
    /** `chosen`: what was sent last, as indices of the text's order. */
    quizzes: { quiz: string; chosen: number[]; tries: number; doneAt: Time | null }[];
  }[];
  sandboxes: {
    id: string;
    course: string;
    image: string;
    profile: string;
    createdAt: Time;
    seenAt: Time;
    /** Images that were pushed to the class registry from it. */
    pushed: { repositories: string[]; bytes: number };
  }[];
}

/** ISO 8601, in UTC. */
type Time = string;

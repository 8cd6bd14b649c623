import type {
  HintRequest,
  LessonClientMessage,
  LessonServerMessage,
  MoveAnswer,
  QuizProgress,
  QuizRequest,
  ReadingPlace,
  SandboxWork,
  SolutionAnswer,
  TaskProgress,
} from '../../sandbox-server/protocol/lesson.ts';
import { askForSession } from '../terminal/admission.ts';
import { browserClock } from '../terminal/clock.ts';
import { openWebSocket } from '../terminal/socket.ts';
import { onWake } from '../terminal/wake.ts';
import { Announcer } from './announcer.ts';
import { post, type Outcome } from './api.ts';
import { becomeKnown } from './known.ts';
import { LessonLive, type LiveState } from './lesson-live.ts';
import type { LiveFigure } from './live-figure.ts';
import { moveSandbox } from './move-dialog.ts';
import { showDots } from './progress-dots.ts';
import type { SlipwayQuiz } from './quiz-element.ts';
import type { SlipwayTask } from './task-element.ts';
import type { Face } from './task-words.ts';
import type { SlipwayTerminals } from './terminals.ts';

/** Between a lesson's page and the server: who asks, and who is told. */
export class LessonDesk {
  readonly #course: string;
  readonly #path: string;
  readonly #tasks: readonly SlipwayTask[];
  readonly #quizzes: readonly SlipwayQuiz[];
  readonly #live: LessonLive;
  readonly #announcer = new Announcer();
  readonly #progress = new Map<string, TaskProgress>();
  readonly #graded = new Map<string, QuizProgress>();
  readonly #works = new Set<(work: SandboxWork) => void>();
  /** Checks that the learner asked for while nothing could be sent, by task. */
  readonly #unsent = new Map<string, LessonClientMessage>();
  #work: SandboxWork = { name: 'idle' };
  #tried = false;
  #figure: LiveFigure | undefined;
  readonly #placed: (place: ReadingPlace) => void;

  /** `placed` is told where the learner was reading, when the server has said it. */
  constructor(text: HTMLElement, placed: (place: ReadingPlace) => void, signal: AbortSignal) {
    this.#course = text.dataset['course'] ?? '';
    this.#path = `/api/courses/${this.#course}/lessons/${text.dataset['lesson']}`;
    this.#placed = placed;
    this.#tasks = [...text.querySelectorAll<SlipwayTask>('slipway-task, slipway-ask')];
    this.#quizzes = [...text.querySelectorAll<SlipwayQuiz>('slipway-quiz')];
    text.append(this.#announcer.element);
    for (const exercise of [...this.#tasks, ...this.#quizzes]) exercise.connect(this, signal);
    const live = new LessonLive(
      {
        session: askForSession,
        socket: (listener) => openWebSocket(`${this.#path}/live`, listener),
        clock: browserClock,
        random: Math.random,
      },
      { state: (state) => this.#become(state), heard: (message) => this.#heard(message) },
    );
    this.#live = live;
    document.addEventListener('slipway-entered', () => (this.#tried = true), { signal });
    onWake(() => live.wake(), signal);
    signal.addEventListener('abort', () => live.stop());
    live.start();
    const figure = text.querySelector<HTMLElement>('.figure-live');
    if (figure !== null) void this.#bringToLife(figure, signal);
  }

  say(message: LessonClientMessage): boolean {
    return this.#live.say(message);
  }

  check({ id }: SlipwayTask, answer?: string): void {
    const message = { type: 'check', task: id, ...(answer !== undefined && { answer }) } as const;
    if (this.say(message)) return;
    this.#unsent.set(id, message);
    const face = this.#write().get(id);
    if (face !== undefined) this.#announcer.say(face.text);
  }

  openHint({ id }: SlipwayTask, rung: number, hint: HTMLElement): void {
    this.#announcer.say(hint.textContent ?? '');
    void post(`${this.#path}/tasks/${id}/hints`, { rung } satisfies HintRequest);
  }

  solution({ id }: SlipwayTask): Promise<Outcome<SolutionAnswer>> {
    return post(`${this.#path}/tasks/${id}/solution`);
  }

  answer({ id }: SlipwayQuiz, chosen: number[]): Promise<Outcome<QuizProgress>> {
    return post(`${this.#path}/quizzes/${id}`, { chosen } satisfies QuizRequest);
  }

  graded(quiz: QuizProgress): void {
    this.#graded.set(quiz.id, quiz);
    this.#write();
  }

  /** Null: it did not come to it. */
  move({ id, number, heading }: SlipwayTask, reset: boolean): Promise<MoveAnswer | null> {
    return moveSandbox(document.querySelector<SlipwayTerminals>('slipway-terminals'), {
      course: this.#course,
      task: { id, number, title: heading },
      reset,
      request: () => post(`${this.#path}/tasks/${id}/move`),
      follow: (heard, signal) => {
        this.#works.add(heard);
        signal.addEventListener('abort', () => this.#works.delete(heard));
      },
    });
  }

  /** Shows everything as it stands, and says something more. */
  refresh(text?: string): void {
    this.#write();
    if (text !== undefined) this.#announcer.say(text);
  }

  /** The script comes with pages that have such a figure alone. */
  async #bringToLife(figure: HTMLElement, signal: AbortSignal): Promise<void> {
    const { LiveFigure } = await import('./live-figure.ts');
    if (signal.aborted) return;
    this.#figure = new LiveFigure(figure, (seen) => this.say({ type: 'figure', seen }), signal);
    this.#figure.connection(this.#live.state);
  }

  #become(state: LiveState): void {
    this.#figure?.connection(state);
    this.#write();
  }

  #heard(message: LessonServerMessage): void {
    switch (message.type) {
      case 'progress':
        becomeKnown();
        for (const task of message.tasks) this.#progress.set(task.id, task);
        for (const quiz of message.quizzes) this.#graded.set(quiz.id, quiz);
        this.#sendUnsent();
        this.#write();
        if (message.place !== null) this.#placed(message.place);
        return;
      case 'task':
        return this.#follow(message.task);
      case 'quiz':
        return this.graded(message.quiz);
      case 'sandbox':
        this.#work = message.work;
        for (const heard of this.#works) heard(message.work);
        this.#write();
        return;
      case 'figure':
        return this.#figure?.show(message);
      case 'closing': // the terminals say what is the matter
        return;
    }
  }

  #sendUnsent(): void {
    for (const [id, message] of this.#unsent) if (this.#progress.get(id)?.state === 'open') this.say(message);
    this.#unsent.clear();
  }

  #follow(task: TaskProgress): void {
    const before = this.#progress.get(task.id);
    this.#progress.set(task.id, task);
    const faces = this.#write();
    const element = this.#tasks.find(({ id }) => id === task.id);
    const face = faces.get(task.id);
    if (element === undefined || face === undefined) return;
    const name = `Task ${element.number}, ${element.heading}`;
    if (task.state === 'done' && before?.state !== 'done') return this.#announcer.say(`${name}: done.${this.#allDone}`);
    if (!['not-yet', 'broken', 'not-run'].includes(face.name) || task.checking) return;
    const words = `${name}: ${face.text} ${spoken(face)}`;
    if (face.asked) this.#announcer.say(words);
    else this.#announcer.sayNew(words);
  }

  get #allDone(): string {
    return this.#tasks.every(({ id }) => this.#progress.get(id)?.state === 'done') ? ' All tasks are done.' : '';
  }

  #write(): Map<string, Face> {
    const isOpen = ({ id }: SlipwayTask) => this.#progress.get(id)?.state === 'open';
    const next = this.#tasks.find(isOpen);
    const faces = this.#tasks.map((task) => {
      const progress = this.#progress.get(task.id) ?? null;
      const needed = this.#tasks.find(({ id }) => task.needs.includes(id) && this.#progress.get(id)?.state !== 'done');
      const after = needed === undefined ? null : { id: needed.id, number: needed.number, title: needed.heading };
      const face = task.show({
        progress,
        live: this.#live.state,
        work: this.#work,
        next: task === next,
        tried: this.#tried,
        unsent: this.#unsent.has(task.id),
        after,
      });
      return [task.id, face] as const;
    });
    for (const quiz of this.#quizzes) quiz.show(this.#graded.get(quiz.id) ?? null, this.#live.state);
    const isDone = (id: string) => this.#progress.get(id)?.state === 'done' || this.#graded.get(id)?.right === true;
    if (this.#progress.size + this.#graded.size > 0) showDots([...this.#tasks, ...this.#quizzes], isDone);
    return new Map(faces);
  }
}

function spoken({ compared }: Face): string {
  return compared === undefined
    ? ''
    : `Expected ${compared.expected || 'nothing'}, found ${compared.found || 'nothing'}.`;
}

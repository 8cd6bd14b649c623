/** The server's side of a lesson's tasks and questions, as a test wants it: for pages that are looked at in every state. */
import type { Page, WebSocketRoute } from 'playwright-core';
import type {
  LessonServerMessage,
  QuizProgress,
  SolutionAnswer,
  TaskProgress,
} from '../../sandbox-server/protocol/lesson.ts';

export interface StubbedLesson {
  tasks: string[];
  /** How many answers each has. */
  quizzes: Record<string, number>;
  solution: SolutionAnswer;
}

export class LessonStub {
  private readonly sockets = new Set<WebSocketRoute>();
  private readonly tasks: Map<string, TaskProgress>;
  private readonly quizzes: Map<string, QuizProgress>;
  private away = false;

  private constructor({ tasks, quizzes }: StubbedLesson) {
    this.tasks = new Map(tasks.map((id) => [id, openTask(id)]));
    this.quizzes = new Map(Object.entries(quizzes).map(([id, answers]) => [id, openQuiz(id, answers)]));
  }

  /** Stands between the page and its server from now on. */
  static async on(page: Page, lesson: StubbedLesson): Promise<LessonStub> {
    const stub = new LessonStub(lesson);
    await page.routeWebSocket(/\/live$/, (socket) => stub.connect(socket));
    await page.route(/\/tasks\/[^/]+\/hints$/, (route) => route.fulfill({ status: 204 }));
    await page.route(/\/tasks\/[^/]+\/solution$/, (route) => route.fulfill({ json: lesson.solution }));
    // A move is under way for as long as the test looks at it.
    await page.route(/\/tasks\/[^/]+\/move$/, () => {});
    await page.route(/\/quizzes\/[^/]+$/, (route) => {
      const id = new URL(route.request().url()).pathname.split('/').at(-1)!;
      return route.fulfill({ json: this.graded(stub, id, route.request().postDataJSON() as { chosen: number[] }) });
    });
    return stub;
  }

  task(id: string, change: Partial<TaskProgress>): void {
    const task = { ...this.tasks.get(id)!, ...change };
    this.tasks.set(id, task);
    this.say({ type: 'task', task });
  }

  say(message: LessonServerMessage): void {
    for (const socket of this.sockets) socket.send(JSON.stringify(message));
  }

  /** The connection is lost, and stays so. */
  async leave(): Promise<void> {
    this.away = true;
    for (const socket of this.sockets) await socket.close({ code: 1012 });
  }

  /** The first answer is right, and each says why. */
  private static graded(stub: LessonStub, id: string, { chosen }: { chosen: number[] }): QuizProgress {
    const verdicts = chosen.map((answer) => ({
      answer,
      right: answer === 0,
      explanation: `<p>Why <code>answer ${answer}</code> is ${answer === 0 ? '' : 'not '}right, in a sentence.</p>`,
    }));
    const right = chosen.length === 1 && chosen[0] === 0;
    return { ...stub.quizzes.get(id)!, chosen, right, verdicts, tries: 1 };
  }

  private connect(socket: WebSocketRoute): void {
    if (this.away) return void socket.close({ code: 1012 });
    this.sockets.add(socket);
    socket.onMessage(() => {});
    socket.onClose(() => this.sockets.delete(socket));
    const progress = { tasks: [...this.tasks.values()], quizzes: [...this.quizzes.values()] };
    socket.send(JSON.stringify({ type: 'progress', ...progress, place: null } satisfies LessonServerMessage));
  }
}

const openTask = (id: string): TaskProgress => ({
  id,
  state: 'open',
  doneAt: null,
  checking: false,
  report: null,
  hints: 0,
  solution: false,
});

const openQuiz = (id: string, answers: number): QuizProgress => ({
  id,
  order: [...Array(answers).keys()].reverse(),
  chosen: [],
  right: null,
  verdicts: [],
  tries: 0,
});

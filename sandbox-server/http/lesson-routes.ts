/** A lesson's hints, solutions, quizzes and moves: what its page asks for beside the live socket (protocol/lesson.ts). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CourseEntry, LessonEntry, SolveStep } from '../../site/course/manifest.ts';
import type {
  HintRequest,
  MoveAnswer,
  QuizProgress,
  QuizRequest,
  SolutionAnswer,
  SolutionStep,
} from '../protocol/lesson.ts';
import { LearnerError } from '../session/learner-error.ts';
import type { LessonKey } from '../store/progress.ts';
import { explain } from '../visit/explain.ts';
import { isRight, quizProgress } from '../visit/quizzes.ts';
import type { Gateway } from './app.ts';

type LessonRequest<More = unknown> = FastifyRequest<{ Params: { course: string; lesson: string } & More }>;
type TaskRequest = LessonRequest<{ task: string }>;
type QuizRoute = LessonRequest<{ quiz: string }>;

const hintBody: z.ZodType<HintRequest> = z.strictObject({ rung: z.number().int().positive() });
const quizBody: z.ZodType<QuizRequest> = z.strictObject({ chosen: z.array(z.number().int().nonnegative()).min(1) });

/** Each waits for the disk. A minute and address: a class that opens hints and answers quizzes is far below. */
const NOTED = { rateLimit: { max: 600, timeWindow: '1 minute' } };

/** A move costs the host a start, as a restart does. */
const SELDOM = { rateLimit: { max: 60, timeWindow: '1 minute' } };

const LESSON = '/api/courses/:course/lessons/:lesson';

export function lessonRoutes(app: FastifyInstance, gateway: Gateway): void {
  const { config, courses, progress, visits, mover, secret } = gateway;

  const find = (request: LessonRequest): { course: CourseEntry; lesson: LessonEntry; key: LessonKey } => {
    if (!request.learner) throw new LearnerError('not-signed-in');
    const course = courses.get(request.params.course);
    const lesson = courses.lesson(course, request.params.lesson);
    return { course, lesson, key: { learner: request.learner.id, course: course.id, lesson: lesson.slug } };
  };

  app.post(`${LESSON}/tasks/:task/hints`, { config: NOTED }, async (request: TaskRequest, reply) => {
    const { lesson, key } = find(request);
    const task = courses.task(lesson, request.params.task);
    const { rung } = parse(hintBody, request.body);
    if (rung > task.hints) throw new LearnerError('not-found');
    progress.noteHints(key, task.id, rung);
    visits.taskChanged(key, task.id);
    return reply.code(204).send();
  });

  app.post(
    `${LESSON}/tasks/:task/solution`,
    { config: NOTED },
    async (request: TaskRequest): Promise<SolutionAnswer> => {
      const { lesson, key } = find(request);
      const task = courses.task(lesson, request.params.task);
      progress.noteSolution(key, task.id);
      visits.taskChanged(key, task.id);
      return { steps: task.solve.map(toSolutionStep) };
    },
  );

  app.post(`${LESSON}/quizzes/:quiz`, { config: NOTED }, async (request: QuizRoute): Promise<QuizProgress> => {
    const { lesson, key } = find(request);
    const quiz = courses.quiz(lesson, request.params.quiz);
    const chosen = [...new Set(parse(quizBody, request.body).chosen)].sort((a, b) => a - b);
    if (chosen.some((index) => index >= quiz.answers.length)) throw new LearnerError('bad-request');
    progress.noteQuiz(key, quiz.id, chosen, isRight(quiz, chosen));
    visits.quizChanged(key, quiz.id);
    return quizProgress(quiz, progress.of(key)?.quizzes.get(quiz.id), key, secret);
  });

  app.post(`${LESSON}/tasks/:task/move`, { config: SELDOM }, async (request: TaskRequest): Promise<MoveAnswer> => {
    const { course, lesson, key } = find(request);
    const task = courses.task(lesson, request.params.task).id;
    if (config.sandboxes.mode === 'off') throw new LearnerError(config.sandboxes.code);
    const { learner } = key;
    try {
      const answer = await mover.move(learner, course, lesson, task, (stage) =>
        visits.working(learner, course.id, { name: 'moving', task, stage }),
      );
      visits.working(learner, course.id, { name: 'idle' });
      return answer;
    } catch (error) {
      const told = explain(error);
      // The one that is under way goes on, and is told.
      if (told.code !== 'move-under-way') visits.working(learner, course.id, { name: 'failed', task, ...told });
      throw error;
    } finally {
      visits.moved(learner, course.id);
    }
  });
}

function toSolutionStep(step: SolveStep): SolutionStep {
  if (step.kind === 'script') {
    return { text: step.text, terminal: null, interrupt: false, exit: 0, background: false, opens: null };
  }
  const { text, terminal, interrupt, exit, background, opens } = step;
  return { text, terminal, interrupt, exit, background, opens };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new LearnerError('bad-request');
  return parsed.data;
}

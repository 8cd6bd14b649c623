/** A learner's sandbox of a course: its state, a restart, their own terminals, their files. */
import { PassThrough } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CloseTerminalAnswer, CloseTerminalRequest, SandboxAnswer, SandboxLife } from '../protocol/api.ts';
import { askInit } from '../sandbox/init/ask.ts';
import { InitStream } from '../sandbox/init/stream.ts';
import { LearnerError } from '../session/learner-error.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { Gateway } from './app.ts';

type CourseRequest = FastifyRequest<{ Params: { course: string } }>;
type TerminalRequest = FastifyRequest<{ Params: { course: string; terminal: string } }>;

const closeBody: z.ZodType<CloseTerminalRequest> = z.strictObject({
  unless: z.enum(['running', 'busy']).exactOptional(),
});
/** What `init` answers: it comes out of a sandbox. */
const closeAnswer = z.object({ closed: z.boolean() });

/** How long `init` may take to hang a terminal up, in milliseconds: it waits for nothing. */
const CLOSE_MS = 5000;

/** The last frame of an archive. */
const ended = z.object({ status: z.number().nullable() });

/** A restart costs the host more than a page: so often a minute for one address. */
const SELDOM = { rateLimit: { max: 60, timeWindow: '1 minute' } };

export function sandboxRoutes(app: FastifyInstance, gateway: Gateway): void {
  const { config, courses, sessions } = gateway;

  const sessionOf = (request: CourseRequest): SandboxSession => {
    if (config.sandboxes.mode === 'off') throw new LearnerError(config.sandboxes.code);
    if (!request.learner) throw new LearnerError('not-signed-in');
    const course = courses.get(request.params.course);
    return sessions.open(request.learner.id, course.id, course.image);
  };

  app.get('/api/courses/:course/sandbox', async (request: CourseRequest): Promise<SandboxAnswer> => {
    if (!request.learner) throw new LearnerError('not-signed-in');
    const course = courses.get(request.params.course);
    const session = sessions.find(request.learner.id, course.id);
    const profile = session?.spec.profile ?? config.images[course.image]?.profile ?? 'standard';
    const { memoryBytes, cpus, processes, diskBytes } = config.limits[profile];
    return {
      state: session?.state ?? 'requested',
      ...(session?.stage ? { stage: session.stage } : {}),
      ...(session?.failure ? { failure: session.failure } : {}),
      life: sessions.life(session),
      limits: { memoryBytes, cpus, processes, diskBytes },
    };
  });

  app.post('/api/courses/:course/sandbox/restart', { config: SELDOM }, async (request: CourseRequest, reply) => {
    await sessionOf(request).restart();
    return reply.code(204).send();
  });

  const extending =
    (extend: (session: SandboxSession) => void) =>
    async (request: CourseRequest): Promise<SandboxLife> => {
      if (!request.learner) throw new LearnerError('not-signed-in');
      const session = sessions.find(request.learner.id, courses.get(request.params.course).id);
      if (session) extend(session);
      return sessions.life(session);
    };
  app.post('/api/courses/:course/sandbox/extend', { config: SELDOM }, extending(sessions.extend.bind(sessions)));
  app.post(
    '/api/courses/:course/sandbox/extend-session',
    { config: SELDOM },
    extending(sessions.extendSession.bind(sessions)),
  );

  app.post(
    '/api/courses/:course/terminals/:terminal/close',
    async (request: TerminalRequest): Promise<CloseTerminalAnswer> => {
      const asked = closeBody.safeParse(request.body);
      if (!asked.success) throw new LearnerError('bad-request');
      const session = sessionOf(request);
      const name = courses.ownTerminal(request.params.terminal);
      // In a sandbox that does not run there is none, and it is not started for that.
      if (!session.running && !(await session.refresh())) return { closed: true };
      const answer = await askInit(await session.connect(), { op: 'close', name, ...asked.data }, CLOSE_MS);
      return closeAnswer.parse(answer);
    },
  );

  app.get('/api/courses/:course/sandbox/home.tar', { config: SELDOM }, async (request: CourseRequest, reply) => {
    const session = sessionOf(request);
    const duplex = await session.connect();
    const body = new PassThrough();
    const view = session.view();
    const stream = new InitStream(
      duplex,
      { op: 'archive' },
      {
        onData: (bytes) => {
          if (body.write(bytes)) return;
          stream.pause();
          body.once('drain', () => stream.resume());
        },
        // A tar that breaks off must not look whole: the connection is cut instead of ended. Status 1: something that
        // the learner may not read was left out.
        onControl: (message) => {
          const { status } = ended.catch({ status: null }).parse(message);
          if (status === 0 || status === 1) body.end();
          else body.destroy(new Error('the archive broke off'));
        },
        onEnd: (error) => {
          view[Symbol.dispose]();
          if (!body.writableEnded) body.destroy(error ?? new Error('the sandbox ended during a download'));
        },
      },
    );
    body.once('close', () => stream[Symbol.dispose]());
    const name = `${request.params.course}-home.tar`;
    return reply.header('content-disposition', `attachment; filename="${name}"`).type('application/x-tar').send(body);
  });
}

/** What pages ask of an author's desk (protocol/desk.ts). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Gateway } from '../http/app.ts';
import { LearnerError } from '../session/learner-error.ts';
import type { Desk } from './desk.ts';

/** When a page whose stream broke off asks again, in milliseconds: the gateway is back by then. */
const RETRY_MS = 500;

export function deskRoutes(app: FastifyInstance, gateway: Gateway, desk: Desk): void {
  const { courses, sessions, visits } = gateway;

  app.get('/api/desk/events', (request, reply) => {
    if (!request.learner) throw new LearnerError('not-signed-in');
    const learner = request.learner.id;
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const write = (text: string) => void reply.raw.write(text);
    const tell = () => write(`data: ${JSON.stringify(desk.stateFor(learner))}\n\n`);
    write(`retry: ${RETRY_MS}\n`);
    tell();
    const listening = desk.listen(tell);
    request.raw.once('close', () => listening[Symbol.dispose]());
  });

  app.post(
    '/api/desk/courses/:course/sandbox/renew',
    async (request: FastifyRequest<{ Params: { course: string } }>, reply) => {
      if (!request.learner) throw new LearnerError('not-signed-in');
      const course = courses.get(request.params.course);
      await sessions.discard(request.learner.id, course.id);
      visits.moved(request.learner.id, course.id);
      desk.tell();
      return reply.code(204).send();
    },
  );
}

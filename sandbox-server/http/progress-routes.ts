/** A learner's progress in all courses, and all that is kept of them: to see, to take along, to delete. */
import type { FastifyInstance } from 'fastify';
import type { ProgressAnswer } from '../protocol/lesson.ts';
import { LearnerError } from '../session/learner-error.ts';
import type { Learner } from '../store/learners.ts';
import { exportOf } from '../visit/export.ts';
import { summarise } from '../visit/summary.ts';
import type { Gateway } from './app.ts';
import type { Identity } from './identity.ts';

/** All that is kept is read, or deleted: so often a minute and address. */
const SELDOM = { rateLimit: { max: 60, timeWindow: '1 minute' } };

export function progressRoutes(app: FastifyInstance, gateway: Gateway, identity: Identity): void {
  const { courses, progress, learners, records, sessions, visits } = gateway;

  app.get('/api/progress', async ({ learner }): Promise<ProgressAnswer> => {
    return { courses: summarise(courses.all(), progress.all(known(learner).id)) };
  });

  app.get('/api/progress/export', { config: SELDOM }, async (request, reply) => {
    const { id } = known(request.learner);
    const kept = exportOf(learners.details(id)!, progress.all(id), records.of(id), gateway.usage);
    return reply
      .header('content-disposition', 'attachment; filename="slipway-progress.json"')
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(`${JSON.stringify(kept, null, 2)}\n`);
  });

  app.post('/api/progress/delete', { config: SELDOM }, async (request, reply) => {
    const { id } = known(request.learner);
    visits.dismiss(id);
    // What is deleted last is what the rest is found by: where this breaks off, it can be asked for again.
    await sessions.removeAll(id);
    learners.delete(id);
    gateway.audit.learner('learner-deleted', id);
    identity.forget(reply);
    return reply.code(204).send();
  });
}

function known(learner: Learner | undefined): Learner {
  if (!learner) throw new LearnerError('not-signed-in');
  return learner;
}

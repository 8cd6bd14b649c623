/** Who a visitor is: session, access code, recovery code. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { RecoveryCodeAnswer, SessionAnswer } from '../protocol/api.ts';
import { LearnerError } from '../session/learner-error.ts';
import type { Gateway } from './app.ts';
import { type Identity, sameCode } from './identity.ts';

const codeBody = z.object({ code: z.string().min(1).max(100) });

/** Codes may be tried this often a minute from one address: a class joins, a guesser gets nowhere. */
const TRIES = { rateLimit: { max: 60, timeWindow: '1 minute' } };

/**
 * New learners a minute from one address. A whole class behind one address joins within a minute; a program that drops
 * its cookie again and again does not take every place of the server.
 */
const newcomers = (max: number) => ({
  rateLimit: { max, timeWindow: '1 minute', allowList: (request: FastifyRequest) => request.learner !== undefined },
});

export function learnerRoutes(app: FastifyInstance, gateway: Gateway, identity: Identity): void {
  app.post(
    '/api/session',
    { config: newcomers(gateway.config.learnersPerAddress) },
    async (request, reply): Promise<SessionAnswer> => {
      if (!request.learner && gateway.accessCode !== undefined) throw new LearnerError('access-code-needed');
      const learner = request.learner ?? identity.welcome(request, reply);
      const { sandboxes } = gateway.config;
      return {
        sandboxes: sandboxes.mode === 'on' ? { available: true } : { available: false, code: sandboxes.code },
        since: new Date(learner.createdAt).toISOString(),
      };
    },
  );

  app.post('/api/join', { config: TRIES }, async (request, reply) => {
    const { code } = parse(request.body);
    if (gateway.accessCode !== undefined) {
      if (!sameCode(code, gateway.accessCode)) throw new LearnerError('wrong-access-code');
      if (!request.learner) identity.welcome(request, reply);
    }
    return reply.code(204).send();
  });

  app.post('/api/recovery-code', { config: TRIES }, async (request): Promise<RecoveryCodeAnswer> => {
    if (!request.learner) throw new LearnerError('not-signed-in');
    const code = identity.newRecoveryCode(request.learner);
    gateway.audit.learner('recovery-code-made', request.learner.id);
    return { code };
  });

  app.post('/api/recover', { config: TRIES }, async (request, reply) => {
    const id = identity.findByRecoveryCode(parse(request.body).code);
    if (!id) throw new LearnerError('wrong-recovery-code');
    gateway.audit.learner('recovery-code-used', id);
    identity.remember(request, reply, id);
    return reply.code(204).send();
  });
}

function parse(body: unknown): { code: string } {
  const parsed = codeBody.safeParse(body);
  if (!parsed.success) throw new LearnerError('bad-request');
  return parsed.data;
}

/** Errors → responses, by the registry. A learner gets the code's text; what happened stays in the log. */
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { ApiError } from '../protocol/api.ts';
import { ERRORS, type ErrorCode, isServersOwn } from '../protocol/errors.ts';
import { LearnerError, toLearnerError } from '../session/learner-error.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Told each error that an answer carries. */
    onRefusal: (code: ErrorCode) => void;
  }
}

export function sendError(reply: FastifyReply, code: ErrorCode): FastifyReply {
  reply.server.onRefusal(code);
  return reply.code(ERRORS[code].status).send(apiError(code, reply.request.id));
}

export function apiError(code: ErrorCode, reference: string): ApiError {
  const { text, hint } = ERRORS[code];
  return { error: { code, text, hint, reference } };
}

export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    const code = codeOf(error);
    // Named here too: what a body's own stream reports is not called for the request.
    if (isServersOwn(code)) request.log.warn({ request: request.id, err: error, code }, 'a request failed');
    return sendError(reply, code);
  });
}

function codeOf(error: FastifyError | Error): ErrorCode {
  if (error instanceof LearnerError) return error.code;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 429) return 'too-many-requests';
  if (status === 404) return 'not-found';
  if (status !== undefined && status >= 400 && status < 500) return 'bad-request';
  return toLearnerError(error).code;
}

/** What is done for an HTTP request is done under its id, and the answer tells it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { forRequest } from '../request.ts';

/** The header that requests and answers carry an id in. */
export const REQUEST_ID_HEADER = 'x-request-id';

export function followRequests(app: FastifyInstance): void {
  const enter = ({ id, ip }: FastifyRequest, done: () => void) => forRequest({ id, address: ip }, done);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    enter(request, done);
  });
  // Again behind the body: its last piece comes from the connection, which other requests came by too.
  app.addHook('preValidation', (request, _reply, done) => enter(request, done));
}

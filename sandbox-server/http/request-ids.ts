/** What is done for an HTTP request is done under its id, and the answer tells it. */
import type { FastifyInstance } from 'fastify';
import { forRequest } from '../request.ts';

/** The header that requests and answers carry an id in. */
export const REQUEST_ID_HEADER = 'x-request-id';

export function followRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    const { address } = request.client;
    forRequest({ id: request.id, ...(address !== undefined && { address }) }, done);
  });
  app.addHook('onResponse', async ({ id, method, routeOptions, log }, { statusCode, elapsedTime }) => {
    // The route and not the address: that says which page a learner reads.
    const about = { request: id, method, route: routeOptions.url, status: statusCode, ms: Math.round(elapsedTime) };
    log.debug(about, 'answered');
  });
}

/** `/healthz` and `/readyz`: for load balancers and whoever starts the server again. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Health } from './health.ts';

const PROBES: readonly string[] = ['/healthz', '/readyz'];

/**
 * Asked by the machines of operators, under whatever name and without a cookie. They tell no secret and change nothing, so
 * that a foreign page which reaches them by a name of its own gains nothing; every other path asks for our own names.
 */
export function isProbe({ method, url }: Pick<FastifyRequest, 'method' | 'url'>): boolean {
  return (method === 'GET' || method === 'HEAD') && PROBES.includes(url);
}

export function healthRoutes(app: FastifyInstance, health: Health): void {
  const config = { rateLimit: false };
  // That this is answered at all says that the process goes round.
  app.get('/healthz', { config }, async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send({ ok: true });
  });
  app.get('/readyz', { config }, async (_request, reply) => {
    const readiness = await health.readiness();
    return reply
      .code(readiness.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(readiness);
  });
}

/**
 * The operator's interface of a running server: JSON over a Unix socket that root and the gateway's user alone can connect
 * to. Nothing that listens on a network answers any of this.
 */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { answerWatch, type Watch } from '../metrics/server.ts';
import { forRequest, requestIdOf } from '../request.ts';
import { Description, type Described } from './describe.ts';
import { stopRequest } from './shapes.ts';
import { stopSandbox, type Stopping } from './stop.ts';

export interface OperatorOptions extends Described, Omit<Stopping, 'log'> {
  driver: Described['driver'] & Stopping['driver'];
  sessions: Described['sessions'] & Stopping['sessions'];
  watch: Watch;
  log: Log;
}

/** Its owner's alone; root passes everywhere. */
const SOCKET_MODE = 0o600;
const FOLDER_MODE = 0o700;

export async function serveOperator(path: string, options: OperatorOptions): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const description = stack.use(new Description(options));
  const app = operatorApp(description, options);
  stack.defer(() => app.close());
  // Where nobody made it before: set-up gives it to the gateway's user, and closes it to others.
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  // Left by a gateway that was killed: there is one at a time.
  rmSync(path, { force: true });
  await app.listen({ path });
  chmodSync(path, SOCKET_MODE);
  const owned = stack.move();
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function operatorApp(description: Description, options: OperatorOptions): FastifyInstance {
  const { log, watch } = options;
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.addHook('onRequest', (request, _reply, done) => {
    forRequest({ id: requestIdOf(request.headers['x-request-id']) }, done);
  });
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) });
    if ((error.statusCode ?? 500) < 500) return reply.code(error.statusCode!).send({ error: error.message });
    log.error({ err: error }, 'what the operator asked for failed');
    return reply.code(500).send({ error: error.message });
  });
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ error: 'nothing here' }));
  app.get('/server', () => description.server());
  app.get('/sandboxes', () => description.sandboxes());
  app.post<{ Params: { id: string } }>('/sandboxes/:id/stop', async ({ params, body }, reply) => {
    const outcome = await stopSandbox(options, params.id, stopRequest.parse(body ?? {}));
    if (!outcome) return reply.code(404).send({ error: 'there is no such sandbox' });
    return { outcome };
  });
  for (const probe of ['/metrics', '/healthz', '/readyz']) {
    app.get(probe, async (_request, reply) => {
      reply.hijack();
      await answerWatch(watch, probe, reply.raw);
    });
  }
  return app;
}

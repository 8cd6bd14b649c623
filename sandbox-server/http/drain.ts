/** Lets requests that are under way finish when the server ends. */
import type { FastifyInstance } from 'fastify';

/** Who takes longer is cut off, in milliseconds: an operator waits for it. */
const LONGEST_MS = 3000;

/** To be called before there are routes. What it returns resolves when no request is under way, or too late for it. */
export function followInFlight(app: FastifyInstance): () => Promise<void> {
  let inFlight = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  let draining = false;
  app.addHook('onRequest', (_request, reply, done) => {
    inFlight++;
    reply.raw.once('close', () => {
      inFlight--;
      if (draining && inFlight === 0) resolve();
    });
    done();
  });
  return async () => {
    draining = true;
    if (inFlight === 0) return;
    const patience = setTimeout(resolve, LONGEST_MS);
    await promise;
    clearTimeout(patience);
  };
}

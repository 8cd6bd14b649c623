/** A listener for whoever watches over the server: figures, and whether it is well. Learners cannot reach it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Health } from '../http/health.ts';
import type { Metrics } from './metrics.ts';

export interface Watch {
  metrics: Metrics;
  health: Health;
}

/** Where the listener listens. */
export interface Listening {
  host: string;
  port: number;
}

/** How long one may take to ask, in milliseconds: nobody else is kept waiting by it. */
const REQUEST_MS = 5000;

/** Answers what is asked of it; false: that is none of its paths. */
export async function answerWatch(
  { metrics, health }: Watch,
  path: string | undefined,
  response: ServerResponse,
): Promise<boolean> {
  switch (path) {
    case '/metrics': {
      const { type, text } = await metrics.render();
      response.writeHead(200, { 'content-type': type }).end(text);
      return true;
    }
    case '/healthz':
      sendJson(response, 200, { ok: true });
      return true;
    case '/readyz': {
      const readiness = await health.readiness();
      sendJson(response, readiness.ready ? 200 : 503, readiness);
      return true;
    }
    default:
      return false;
  }
}

/** `names`: host names that it is reached under, besides addresses, `localhost` and the machine's own. */
export async function serveMetrics(
  { host, port }: Listening,
  watch: Watch,
  names: readonly string[],
): Promise<AsyncDisposable & { port: number }> {
  const ours = new Set(['localhost', hostname().toLowerCase(), ...names]);
  const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
    void answer(request, response, watch, ours).catch(() => response.destroy());
  });
  await listen(server, host, port).catch((error: Error) => {
    throw new Error(`metrics cannot be served on ${host} port ${port}: ${error.message}`, { cause: error });
  });
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  watch: Watch,
  ours: ReadonlySet<string>,
): Promise<void> {
  // A foreign page in a browser of this network would come under a name that it chose (DNS rebinding).
  if (!isOurs(headers.host, ours)) return sendJson(response, 421, { error: 'not reached under this name' });
  if (method !== 'GET') return sendJson(response, 405, { error: 'only GET' });
  if (!(await answerWatch(watch, url, response))) sendJson(response, 404, { error: 'nothing here' });
}

function isOurs(host: string | undefined, ours: ReadonlySet<string>): boolean {
  const name = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host ?? '');
  if (!name) return false;
  return isIP(name[1] ?? name[2]!) !== 0 || ours.has(name[2]?.toLowerCase() ?? '');
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

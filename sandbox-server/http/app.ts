/** The HTTP side of the gateway: the built site, and the interface of protocol/api.ts. */
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { Desk } from '../desk/desk.ts';
import { deskRoutes } from '../desk/routes.ts';
import type { Mover } from '../lessons/move.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ErrorCode } from '../protocol/errors.ts';
import { requestIdOf } from '../request.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Learner, Learners } from '../store/learners.ts';
import type { Progress } from '../store/progress.ts';
import type { RegistryUsage } from '../store/registry-usage.ts';
import type { SandboxRecords } from '../store/sandbox-records.ts';
import type { Visits } from '../visit/visits.ts';
import type { Client, ClientOf } from './client-address.ts';
import type { Courses } from './courses.ts';
import { followInFlight } from './drain.ts';
import { handleErrors, sendError } from './errors.ts';
import type { Health } from './health.ts';
import { healthRoutes, isProbe } from './health-routes.ts';
import { Identity } from './identity.ts';
import { learnerRoutes } from './learner-routes.ts';
import { lessonRoutes } from './lesson-routes.ts';
import type { Origins } from './origins.ts';
import { progressRoutes } from './progress-routes.ts';
import { RequestCounts } from './request-counts.ts';
import { followRequests } from './request-ids.ts';
import { sandboxRoutes } from './sandbox-routes.ts';

export interface Gateway {
  config: Config;
  clientOf: ClientOf;
  origins: Origins;
  courses: Courses;
  learners: Learners;
  sessions: Sessions;
  records: SandboxRecords;
  usage: RegistryUsage;
  progress: Progress;
  visits: Visits;
  mover: Pick<Mover, 'move'>;
  metrics: Metrics;
  health: Health;
  audit: Audit;
  /** Secret that signs cookies, and orders quizzes. */
  secret: string;
  /** Absent where access is open. */
  accessCode?: string;
  /** At an author's desk. */
  desk?: Desk;
  log: FastifyBaseLogger;
}

declare module 'fastify' {
  interface FastifyRequest {
    learner: Learner | undefined;
    client: Client;
  }
}

/** Largest body of a request, in bytes: codes are all that is ever sent. */
const MAX_BODY_BYTES = 16 * 1024;

/** Requests a minute from one address, pages and their files included: a whole class may sit behind one address. */
const REQUESTS_PER_MINUTE = 6000;

interface App {
  app: FastifyInstance;
  identity: Identity;
  /** Resolves when no request is under way any more. */
  drained: () => Promise<void>;
}

export async function createApp(gateway: Gateway): Promise<App> {
  const app = Fastify({
    loggerInstance: gateway.log,
    // Pages and files are asked for by the hundred; what fails is logged where it fails.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    // The log itself says for which request a line is, whoever writes it.
    childLoggerFactory: (log) => log,
    bodyLimit: MAX_BODY_BYTES,
    // A path that is no path is refused before there is a route, in our own words too.
    frameworkErrors: (_error, _request, reply) => void sendError(reply as never, 'bad-request'),
    forceCloseConnections: true,
    requestTimeout: 30_000,
    // `client` says who asks (client-address.ts); Fastify's own reading of a proxy's headers is another one.
    trustProxy: false,
  });
  app.decorate('onRefusal', (code: ErrorCode) => gateway.metrics.refused(code, 'http'));
  app.addHook('onResponse', async (_request, { statusCode }) => gateway.metrics.answered(statusCode));
  const drained = followInFlight(app);
  app.decorateRequest('client');
  app.addHook('onRequest', async (request) => {
    request.client = gateway.clientOf(request.raw);
  });
  followRequests(app);
  handleErrors(app);
  await app.register(cookie, { secret: gateway.secret });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        // xterm and Shiki set styles of their own; a stricter rule breaks both.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'", () => gateway.origins.sockets],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // A class's own network has no certificates: asking browsers for https would lock the class out.
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
    originAgentCluster: false,
    crossOriginOpenerPolicy: false,
  });
  await app.register(rateLimit, {
    global: true,
    max: REQUESTS_PER_MINUTE,
    timeWindow: '1 minute',
    store: RequestCounts,
    keyGenerator: ({ client }) => client.network,
  });
  const identity = new Identity(app, gateway.learners);

  // Only JSON: a foreign page cannot send it without asking first, and is never allowed.
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('learner', undefined);
  app.addHook('onRequest', async (request, reply) => {
    if (!isProbe(request) && !gateway.origins.isOurHost(request.headers.host)) return sendError(reply, 'wrong-host');
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    const { origin } = request.headers;
    if (changes && origin !== undefined && !gateway.origins.isOurs(origin)) return sendError(reply, 'foreign-origin');
    if (changes && !request.headers['content-type']?.startsWith('application/json'))
      return sendError(reply, 'bad-request');
    if (isApi(request)) {
      request.learner = identity.of(request.headers.cookie);
    } else if (gateway.accessCode !== undefined && isPage(request) && !identity.of(request.headers.cookie)) {
      return reply.redirect(`/join/?next=${encodeURIComponent(request.url)}`, 302);
    }
  });
  healthRoutes(app, gateway.health);
  learnerRoutes(app, gateway, identity);
  sandboxRoutes(app, gateway);
  lessonRoutes(app, gateway);
  progressRoutes(app, gateway, identity);
  if (gateway.desk) deskRoutes(app, gateway, gateway.desk);
  await app.register(fastifyStatic, {
    root: gateway.config.paths.site,
    redirect: true,
    cacheControl: false,
    // By whether the browser takes it: `<file>.br`, `<file>.gz`, the file. Nobody asks for the first two by name: they would
    // be pages that the access code does not stand before.
    preCompressed: true,
    allowedPath: (path) => !/\.(br|gz)$/.test(path),
    setHeaders: (response, path) => {
      // Built files carry a digest in their name; pages must be asked for again after an update.
      const lasting = path.includes('/_astro/');
      response.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (isApi(request) || request.method !== 'GET') return sendError(reply, 'not-found');
    return reply.code(404).sendFile('404.html');
  });
  await app.ready();
  return { app, identity, drained };
}

function isApi(request: FastifyRequest): boolean {
  return request.url.startsWith('/api/');
}

/** A page to look at, as against the files that pages need, the page that asks for the code included. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0]!;
  return (
    !path.startsWith('/join') &&
    !isProbe(request) &&
    (path.endsWith('/') || !/\.[a-z0-9]+$/.test(path) || path.endsWith('.html'))
  );
}

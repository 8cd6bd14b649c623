/**
 * WebSocket upgrades: who may open one, then a viewer of a terminal or a page that shows a lesson. Everything else is
 * refused before it is a WebSocket.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Config } from '../config.ts';
import type { ClientOf } from '../http/client-address.ts';
import type { Courses } from '../http/courses.ts';
import { apiError } from '../http/errors.ts';
import type { Identity } from '../http/identity.ts';
import type { Origins } from '../http/origins.ts';
import { REQUEST_ID_HEADER } from '../http/request-ids.ts';
import type { LessonPreparer } from '../lessons/preparer.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { ERRORS, type ErrorCode, isServersOwn } from '../protocol/errors.ts';
import { MAX_CLIENT_MESSAGE_BYTES, PING_INTERVAL_MS } from '../protocol/limits.ts';
import { forRequest, requestIdOf } from '../request.ts';
import { LearnerError, toLearnerError } from '../session/learner-error.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Visits } from '../visit/visits.ts';
import type { Connection } from './connection.ts';
import { LessonSocket } from './lesson-socket.ts';
import { TerminalViewer, type ViewerOptions } from './terminal-viewer.ts';

export interface SocketOptions {
  config: Config;
  clientOf: ClientOf;
  origins: Origins;
  courses: Courses;
  identity: Identity;
  sessions: Sessions;
  preparer: LessonPreparer;
  visits: Visits;
  metrics: Metrics;
  log: FastifyBaseLogger;
}

interface Accept {
  kind: 'terminal' | 'lesson';
  make: (webSocket: WebSocket) => Connection;
}

/** All addresses that a WebSocket is opened at. */
export const SOCKET_ADDRESSES = {
  terminal: /^\/api\/courses\/([^/?]+)\/terminals\/([^/?]+)(?:\?lesson=([^/?&]+))?$/,
  lesson: /^\/api\/courses\/([^/?]+)\/lessons\/([^/?]+)\/live$/,
} as const;

/** How long a closing handshake may take when the server ends. */
const CLOSING_MS = 500;

/**
 * WebSockets that one learner has open at once, in all windows: three that show a lesson with six terminals, and three of
 * the learner's own.
 */
const MAX_SOCKETS_PER_LEARNER = 32;

export class Sockets implements AsyncDisposable {
  private readonly options: SocketOptions;
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    // Terminal output compresses well, but the time and the memory per connection cost more than they save.
    perMessageDeflate: false,
  });
  private readonly ids = new WeakMap<IncomingMessage, string>();
  private readonly perLearner = new Map<string, number>();
  private readonly connections = new Set<Connection>();
  private readonly pinger: NodeJS.Timeout;

  constructor(http: Server, options: SocketOptions) {
    this.options = options;
    this.server.on('headers', (headers, request) => {
      headers.push(`${REQUEST_ID_HEADER}: ${this.ids.get(request)}`);
    });
    http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.pinger = setInterval(() => this.ping(), PING_INTERVAL_MS);
    this.pinger.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.pinger);
    for (const connection of this.connections) connection.close('server-stopping');
    // Who does not answer is not waited for: a laptop that was closed, a page that reads nothing.
    const until = performance.now() + CLOSING_MS;
    while (this.server.clients.size > 0 && performance.now() < until) await sleep(20);
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A connection that breaks during the handshake has nobody to tell.
    socket.on('error', () => socket.destroy());
    const id = requestIdOf(request.headers[REQUEST_ID_HEADER]);
    const { address } = this.options.clientOf(request);
    this.ids.set(request, id);
    forRequest({ id, ...(address !== undefined && { address }) }, () => this.welcome(request, socket, head, id));
  }

  private welcome(request: IncomingMessage, socket: Duplex, head: Buffer, id: string): void {
    try {
      const { learner, accept } = this.admit(request);
      this.server.handleUpgrade(request, socket, head, (webSocket) => this.accept(webSocket, learner, accept));
    } catch (error) {
      const { code } = toLearnerError(error);
      if (isServersOwn(code)) this.options.log.warn({ err: error, code }, 'a WebSocket could not be opened');
      this.options.metrics.refused(code, 'upgrade');
      refuse(socket, code, id);
    }
  }

  private admit(request: IncomingMessage): { learner: string; accept: Accept } {
    const { origins, identity } = this.options;
    if (!origins.isOurHost(request.headers.host)) throw new LearnerError('wrong-host');
    // A browser always says where a WebSocket comes from; what says nothing is no page of ours.
    if (!origins.isOurs(request.headers.origin)) throw new LearnerError('foreign-origin');
    const learner = identity.of(request.headers.cookie);
    if (!learner) throw new LearnerError('not-signed-in');
    const path = request.url ?? '';
    const accept =
      this.terminal(request, learner.id, SOCKET_ADDRESSES.terminal.exec(path)) ??
      this.lesson(learner.id, SOCKET_ADDRESSES.lesson.exec(path));
    if (!accept) throw new LearnerError('not-found');
    return { learner: learner.id, accept };
  }

  private terminal(request: IncomingMessage, learner: string, path: RegExpExecArray | null): Accept | undefined {
    if (!path) return undefined;
    const { courses, sessions, preparer, visits, config, metrics, log } = this.options;
    const course = courses.get(path[1]!);
    const terminal = courses.terminal(course, path[2]!);
    const lesson = path[3] === undefined ? undefined : courses.lesson(course, path[3]);
    const open = () => {
      if (config.sandboxes.mode === 'off') throw new LearnerError(config.sandboxes.code);
      return sessions.open(learner, course.id, course.image, this.options.clientOf(request).network);
    };
    const onAttached = () => visits.returned(learner, course.id);
    // As it is when somebody looks: an author's change counts at once.
    const prepare: ViewerOptions['prepare'] = async (session, onWork) => {
      if (lesson) await preparer.prepare(session, courses.lesson(courses.get(course.id), lesson.slug), onWork);
    };
    return {
      kind: 'terminal',
      make: (webSocket) => new TerminalViewer({ webSocket, terminal, open, prepare, onAttached, metrics, log }),
    };
  }

  private lesson(learner: string, path: RegExpExecArray | null): Accept | undefined {
    if (!path) return undefined;
    const { courses, visits, metrics } = this.options;
    const course = courses.get(path[1]!);
    const lesson = courses.lesson(course, path[2]!);
    return {
      kind: 'lesson',
      make: (webSocket) => new LessonSocket(webSocket, metrics, (page) => visits.open(learner, course, lesson, page)),
    };
  }

  private accept(webSocket: WebSocket, learner: string, { kind, make }: Accept): void {
    const { metrics } = this.options;
    const already = this.perLearner.get(learner) ?? 0;
    // Told by a close code: a page cannot see why an upgrade was refused.
    if (already >= MAX_SOCKETS_PER_LEARNER) {
      webSocket.on('error', () => webSocket.terminate());
      metrics.refused('too-many-requests', 'websocket');
      return webSocket.close(ERRORS['too-many-requests'].close, 'too-many-requests');
    }
    this.perLearner.set(learner, already + 1);
    const connection = make(webSocket);
    this.connections.add(connection);
    metrics.sockets.inc({ kind });
    webSocket.once('close', () => {
      this.connections.delete(connection);
      metrics.sockets.dec({ kind });
      const left = (this.perLearner.get(learner) ?? 1) - 1;
      if (left > 0) this.perLearner.set(learner, left);
      else this.perLearner.delete(learner);
    });
  }

  private ping(): void {
    for (const connection of this.connections) connection.ping();
  }
}

function refuse(socket: Duplex, code: ErrorCode, id: string): void {
  const body = JSON.stringify(apiError(code, id));
  const lines = [
    `HTTP/1.1 ${ERRORS[code].status} Refused`,
    'Connection: close',
    `${REQUEST_ID_HEADER}: ${id}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

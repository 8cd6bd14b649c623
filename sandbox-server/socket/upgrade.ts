/** WebSocket upgrades: who may open one, then a terminal viewer. Everything else is refused before it is a WebSocket. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Config } from '../config.ts';
import type { Courses } from '../http/courses.ts';
import type { Identity } from '../http/identity.ts';
import type { Origins } from '../http/origins.ts';
import { ERRORS, type ErrorCode } from '../protocol/errors.ts';
import { MAX_CLIENT_MESSAGE_BYTES, PING_INTERVAL_MS } from '../protocol/limits.ts';
import type { LessonPreparer } from '../lessons/preparer.ts';
import { LearnerError, toLearnerError } from '../session/learner-error.ts';
import type { Sessions } from '../session/sessions.ts';
import { TerminalViewer, type ViewerOptions } from './terminal-viewer.ts';

export interface SocketOptions {
  config: Config;
  origins: Origins;
  courses: Courses;
  identity: Identity;
  sessions: Sessions;
  preparer: LessonPreparer;
  log: FastifyBaseLogger;
}

/** Who may open a terminal, and what. */
interface Admitted extends Pick<ViewerOptions, 'terminal' | 'open' | 'prepare'> {
  learner: string;
}

const PATH = /^\/api\/courses\/([^/?]+)\/terminals\/([^/?]+)(?:\?lesson=([^/?&=]+))?$/;

/** How long a closing handshake may take when the server ends. */
const CLOSING_MS = 500;

/** Terminals that one learner has open at once, in all windows: three that show six of a lesson and four of their own. */
const MAX_SOCKETS_PER_LEARNER = 32;

export class TerminalSockets implements AsyncDisposable {
  private readonly options: SocketOptions;
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    // Terminal output compresses well, but the time and the memory per connection cost more than they save.
    perMessageDeflate: false,
  });
  private readonly perLearner = new Map<string, number>();
  private readonly viewers = new Set<TerminalViewer>();
  private readonly pinger: NodeJS.Timeout;

  constructor(http: Server, options: SocketOptions) {
    this.options = options;
    http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.pinger = setInterval(() => this.ping(), PING_INTERVAL_MS);
    this.pinger.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.pinger);
    for (const viewer of this.viewers) viewer.close('server-stopping');
    // Who does not answer is not waited for: a laptop that was closed, a page that reads nothing.
    const until = Date.now() + CLOSING_MS;
    while (this.server.clients.size > 0 && Date.now() < until) await sleep(20);
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A connection that breaks during the handshake has nobody to tell.
    socket.on('error', () => socket.destroy());
    try {
      const admitted = this.admit(request);
      this.server.handleUpgrade(request, socket, head, (webSocket) => this.accept(webSocket, admitted));
    } catch (error) {
      refuse(socket, toLearnerError(error).code);
    }
  }

  private admit(request: IncomingMessage): Admitted {
    const { origins, courses, identity, sessions, config, preparer } = this.options;
    if (!origins.isOurHost(request.headers.host)) throw new LearnerError('wrong-host');
    // A browser always says where a WebSocket comes from; what says nothing is no page of ours.
    if (!origins.isOurs(request.headers.origin)) throw new LearnerError('foreign-origin');
    const learner = identity.of(request.headers.cookie);
    if (!learner) throw new LearnerError('not-signed-in');
    const [, courseId, name, slug] = PATH.exec(request.url ?? '') ?? [];
    if (courseId === undefined || name === undefined) throw new LearnerError('not-found');
    const course = courses.get(courseId);
    const terminal = courses.terminal(course, name);
    const lesson = slug === undefined ? undefined : course.lessons.find((each) => each.slug === slug);
    if (slug !== undefined && lesson === undefined) throw new LearnerError('not-found');
    const open = () => {
      if (config.sandboxes.mode === 'off') throw new LearnerError(config.sandboxes.code);
      return sessions.open(learner.id, course.id, course.image);
    };
    const prepare: Admitted['prepare'] = async (session, onWork) => {
      if (lesson) await preparer.prepare(session, lesson, onWork);
    };
    return { learner: learner.id, terminal, open, prepare };
  }

  private accept(webSocket: WebSocket, { learner, ...viewed }: Admitted): void {
    const already = this.perLearner.get(learner) ?? 0;
    // Told by a close code: a page cannot see why an upgrade was refused.
    if (already >= MAX_SOCKETS_PER_LEARNER) {
      webSocket.on('error', () => webSocket.terminate());
      return webSocket.close(ERRORS['too-many-requests'].close, 'too-many-requests');
    }
    this.perLearner.set(learner, already + 1);
    const viewer = new TerminalViewer({ webSocket, ...viewed, log: this.options.log });
    this.viewers.add(viewer);
    webSocket.once('close', () => {
      this.viewers.delete(viewer);
      const left = (this.perLearner.get(learner) ?? 1) - 1;
      if (left > 0) this.perLearner.set(learner, left);
      else this.perLearner.delete(learner);
    });
  }

  private ping(): void {
    for (const viewer of this.viewers) viewer.ping();
  }
}

function refuse(socket: Duplex, code: ErrorCode): void {
  const { status, text, hint } = ERRORS[code];
  const body = JSON.stringify({ error: { code, text, hint } });
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

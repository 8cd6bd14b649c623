/**
 * The HTTP proxy of one sandbox, and all of the network that it has: http://registry.local/ is the class registry, all
 * else is refused in words that a learner understands. Knows connections, not where they come from.
 */
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Exchange, type ProxyOptions, withQuery } from './exchange.ts';
import { catalog, search } from './listing.ts';
import { queryOf, routeOf, type Route } from './names.ts';
import { pass } from './pass.ts';
import { push } from './push.ts';
import { AWAY, ELSEWHERE, NO_SUCH_PATH, READ_ONLY, refuse, TOO_MANY, tunnelRefusal } from './refusal.ts';

const HOST = 'registry.local';
/** Longer than any name with its digest; `_state` of an upload is some 300 characters. */
const MAX_URL = 4096;
const MAX_HEADER_BYTES = 16 * 1024;
/** Requests of one sandbox that are answered at once: as many as it has connections. */
const MAX_REQUESTS = 64;
/** Connections of one sandbox to each registry; what is more waits. Docker pushes five layers at once and pulls three. */
const MAX_UPSTREAM = 16;

export class SandboxProxy implements Disposable {
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: false, maxSockets: MAX_UPSTREAM });
  private requests = 0;

  constructor(sandbox: string, options: ProxyOptions) {
    const rename = (text: string) => text.replaceAll(`${sandbox}/`, 'mine/');
    this.server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
      if (this.requests >= MAX_REQUESTS) return refuse(response, TOO_MANY);
      this.requests++;
      response.once('close', () => this.requests--);
      const [path = '', query = ''] = pathOf(request) ?? [];
      if (path === '') return elsewhere(request, response);
      const exchange = { ...options, sandbox, agent: this.agent, query, rename };
      serve(request, response, path, exchange).catch((error: unknown) => {
        options.log.warn({ sandbox, err: error }, 'the class registry did not answer');
        refuse(response, AWAY);
      });
    });
    this.server.on('connect', (request, socket) => refuseTunnel(request, socket));
    this.server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Serves what comes on this connection. */
  take(connection: Duplex): void {
    this.server.emit('connection', connection);
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, path: string, exchange: Exchange) {
  const route = routeOf(path, exchange.sandbox);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!route) return refuse(response, NO_SUCH_PATH);
  if (!reads && !(route.kind === 'repository' && route.registry === 'mine')) return refuse(response, READ_ONLY);
  if (route.kind !== 'repository') return await listing(route.kind, response, exchange);
  if (!reads) return await push(request, response, route, exchange);
  await pass(request, response, {
    socketPath: route.registry === 'mine' ? exchange.mine : exchange.shared,
    agent: exchange.agent,
    method: request.method!,
    path: withQuery(route.path, queryOf(exchange.query, exchange.sandbox)),
    rename: route.registry === 'mine' ? exchange.rename : (text) => text,
  });
}

async function listing(kind: Exclude<Route['kind'], 'repository'>, response: ServerResponse, exchange: Exchange) {
  const answer =
    kind === 'catalog'
      ? await catalog(exchange)
      : kind === 'search'
        ? await search(exchange)
        : kind === 'ping'
          ? true
          : {};
  const body = JSON.stringify(answer);
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(kind === 'base' || kind === 'catalog' ? { 'docker-distribution-api-version': 'registry/2.0' } : {}),
  });
  response.end(body);
}

/** Path and query of a request to the class registry; undefined for one to any other host. */
function pathOf(request: IncomingMessage): [path: string, query: string] | undefined {
  const url = request.url ?? '';
  if (url.length > MAX_URL) return undefined;
  const [, host, absolute] = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(url) ?? [];
  const path = absolute ?? (url.startsWith('/') ? url : '');
  if (hostOf(host ?? request.headers.host ?? '') !== HOST || !path.startsWith('/')) return undefined;
  const at = path.indexOf('?');
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)];
}

function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '').toLowerCase();
}

function elsewhere(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(ELSEWHERE);
}

/** With 403, which no client of Docker's asks a second time after. */
function refuseTunnel(request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => {});
  socket.resume();
  socket.end(
    `HTTP/1.1 403 ${tunnelRefusal(hostOf(request.url ?? ''))}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
}

/** Passes one request on to a registry and its answer back, piece by piece, both as fast as the slower end takes them. */
import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { AWAY, refuse, type Refusal } from './refusal.ts';

export interface Passing {
  socketPath: string;
  agent: Agent;
  method: string;
  path: string;
  /** Asked of every piece of the body; a refusal ends the request. Undefined: a body is not passed on. */
  take?: (bytes: number) => Refusal | undefined;
  /** What the registry's words become: in `Location`, `Link` and JSON that is no manifest. */
  rename: (text: string) => string;
}

/** What came of it. `broken`: the body or the answer did not come to its end. */
export type Passed = { kind: 'answered'; status: number; headers: IncomingHttpHeaders } | { kind: 'broken' };

const REQUEST_HEADERS = [
  'accept',
  'content-length',
  'content-range',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'range',
];
const ANSWER_HEADERS = [
  'accept-ranges',
  'cache-control',
  'content-length',
  'content-range',
  'content-type',
  'docker-content-digest',
  'docker-distribution-api-version',
  'docker-upload-uuid',
  'etag',
  'link',
  'location',
  'range',
];

/** Either end that is silent for this long is given up, in milliseconds: writing a large layer to disk takes a while. */
const SILENCE_MS = 60_000;

/**
 * How long what still comes is read after a refusal, in milliseconds: a connection that is closed over unread input takes
 * its answer with it, and Docker then shows a broken pipe in its place.
 */
const LINGER_MS = 5_000;

/** Most of an answer whose words are changed, in bytes. */
const MAX_RENAMED_BYTES = 4 * 1024 * 1024;

/** Never rejects: whatever happens, the request has had its answer or its connection is closed. */
export function pass(incoming: IncomingMessage, response: ServerResponse, passing: Passing): Promise<Passed> {
  const { promise, resolve } = Promise.withResolvers<Passed>();
  const { socketPath, agent, method, path } = passing;
  const headers = pick(incoming.headers, REQUEST_HEADERS);
  if (!passing.take) delete headers['content-length'];
  const outgoing = request({ socketPath, agent, method, path, headers: { ...headers, host: 'registry.local' } });
  outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy());
  const fail = (why: Refusal) => {
    outgoing.destroy();
    refuse(response, why);
    linger(incoming);
    resolve({ kind: 'broken' });
  };
  outgoing.on('error', () => fail(AWAY));
  outgoing.on('response', (answer) => {
    void answerWith(answer, response, passing).then((whole) => {
      const status = answer.statusCode ?? 0;
      resolve(whole ? { kind: 'answered', status, headers: answer.headers } : { kind: 'broken' });
      linger(incoming);
    });
  });
  response.once('close', () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  if (passing.take) send(incoming, outgoing, passing.take, fail);
  else {
    incoming.resume();
    outgoing.end();
  }
  return promise;
}

function send(
  incoming: IncomingMessage,
  outgoing: NodeJS.WritableStream & { destroyed: boolean; destroy(): void },
  take: (bytes: number) => Refusal | undefined,
  fail: (why: Refusal) => void,
): void {
  const onData = (piece: Buffer) => {
    const why = take(piece.length);
    if (why) {
      incoming.off('data', onData);
      fail(why);
    } else if (!outgoing.destroyed && !outgoing.write(piece)) incoming.pause();
  };
  incoming.on('data', onData);
  outgoing.on('drain', () => incoming.resume());
  incoming.once('end', () => outgoing.end());
  incoming.once('close', () => {
    if (!incoming.complete) outgoing.destroy();
  });
}

/** Resolves to whether all of it was sent. */
async function answerWith(answer: IncomingMessage, response: ServerResponse, passing: Passing): Promise<boolean> {
  const headers = pick(answer.headers, ANSWER_HEADERS);
  for (const name of ['location', 'link']) if (headers[name]) headers[name] = passing.rename(headers[name]);
  if (response.destroyed || response.headersSent) {
    answer.destroy();
    return false;
  }
  const status = answer.statusCode ?? 502;
  if ((headers['content-type'] ?? '').startsWith('application/json') && passing.method !== 'HEAD') {
    const text = await textOf(answer);
    if (text === undefined) {
      refuse(response, AWAY);
      return false;
    }
    const body = Buffer.from(passing.rename(text));
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
    return true;
  }
  response.writeHead(status, headers);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  pipeline(answer, response, (error) => resolve(!error));
  return promise;
}

async function textOf(answer: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MAX_RENAMED_BYTES) return undefined;
      pieces.push(piece);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Reads on for a moment where a body is still coming, then closes. */
function linger(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed) return;
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), LINGER_MS).unref();
  incoming.once('close', () => clearTimeout(timer));
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string') picked[name] = value;
  }
  return picked;
}

/** Requests to a registry over its Unix socket. */
import { request } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A registry answers a manifest within milliseconds; a blob of a gigabyte takes its disk. */
const SILENCE_MS = 60_000;
/** Answers are errors and manifests: a registry takes none larger than this. */
const LARGEST_ANSWER = 4 * 2 ** 20;
const RETRY_MS = 50;

export interface RegistryRequest {
  socket: string;
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** With its query. */
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | Readable;
}

export interface RegistryAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export class RegistryError extends Error {
  override name = 'RegistryError';
}

/** Resolves with any status. Rejects where the registry does not answer, or not in bounds. */
export async function ask({ socket, method, path, headers = {}, body }: RegistryRequest): Promise<RegistryAnswer> {
  // A connection of its own: one that is kept would be that of a registry which has ended, on the same path.
  const asked = request({ socketPath: socket, method, path, headers, timeout: SILENCE_MS, agent: false });
  asked.on('timeout', () => asked.destroy(new RegistryError(`the registry was silent for ${SILENCE_MS / 1000} s`)));
  const answered = new Promise<RegistryAnswer>((resolve, reject) => {
    asked.on('error', reject);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > LARGEST_ANSWER) response.destroy(new RegistryError(`the answer to ${path} is too large`));
        else chunks.push(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
  });
  if (body === undefined || Buffer.isBuffer(body)) {
    asked.end(body);
    return answered;
  }
  // An answer that comes before the whole body was sent says why.
  const sent = pipeline(body, asked).then(() => answered);
  return Promise.race([answered, sent]);
}

/** Resolves when the registry answers; rejects when the signal ends the wait. */
export async function untilReady(socket: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask({ socket, method: 'GET', path: '/v2/' }).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(RETRY_MS, undefined, { signal });
  }
}

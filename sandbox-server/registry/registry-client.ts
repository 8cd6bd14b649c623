/** Questions of the server's own to a registry behind a Unix socket. What learners stream goes through pass.ts. */
import { request } from 'node:http';

export interface RegistryAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** A manifest or a list of names is smaller. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** Every kind of manifest that the registry keeps. */
export const MANIFEST_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/** Rejects where the registry does not answer in time or with too much; a status of any kind is an answer. */
export function askRegistry(socketPath: string, method: string, path: string): Promise<RegistryAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RegistryAnswer>();
  const asking = request({
    socketPath,
    method,
    path,
    headers: { host: 'registry.local', accept: MANIFEST_TYPES },
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  asking.on('error', reject);
  asking.on('response', (response) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    response.on('error', reject);
    response.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MAX_BODY_BYTES) asking.destroy(new Error(`the registry's answer to ${method} ${path} is too large`));
      pieces.push(piece);
    });
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
    );
  });
  asking.end();
  return promise;
}

/** The list of strings under `key` of an answer; empty where there is none. */
export function listIn({ status, body }: RegistryAnswer, key: 'repositories' | 'tags'): string[] {
  if (status !== 200) return [];
  const list = (JSON.parse(body.toString('utf8')) as Record<string, unknown>)[key];
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

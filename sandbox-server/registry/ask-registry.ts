/** Questions of the server's own to a registry. What learners stream goes through pass.ts. */
import { ask, type RegistryAnswer, type RegistryRequest } from './client.ts';

/** Every kind of manifest that the registry keeps. */
export const MANIFEST_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/** Rejects where the registry does not answer in time or with too much; a status of any kind is an answer. */
export function askRegistry(socket: string, method: RegistryRequest['method'], path: string): Promise<RegistryAnswer> {
  return ask({ socket, method, path, headers: { host: 'registry.local', accept: MANIFEST_TYPES } });
}

/** The list of strings under `key` of an answer; empty where there is none. */
export function listIn({ status, body }: RegistryAnswer, key: 'repositories' | 'tags'): string[] {
  if (status !== 200) return [];
  const list = (JSON.parse(body.toString('utf8')) as Record<string, unknown>)[key];
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

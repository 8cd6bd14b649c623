/** Removes what a learner pushed. The room on disk comes back with the registry's garbage collection. */
import type { RegistryUsage } from '../store/registry-usage.ts';
import type { RegistryAnswer } from './client.ts';
import { askRegistry, listIn } from './ask-registry.ts';

/** Beyond this many the rest of a repository counts as not reached: no image has as many parts. */
const MOST_REACHED = 10_000;

/** Removes all repositories of a sandbox. Rejects where the registry cannot be asked; may then be called again. */
export async function removeRepositories(socket: string, usage: RegistryUsage, sandbox: string): Promise<void> {
  for (const repository of usage.repositories(sandbox)) {
    for (const tag of await tagsOf(socket, repository)) await removeManifest(socket, repository, tag);
    await release(socket, usage, sandbox, repository);
    usage.dropRepository(sandbox, repository);
  }
}

/** Removes the manifest of a digest, or that which a tag names; the registry's answer. All of its tags go with it. */
export async function removeManifest(socket: string, repository: string, reference: string): Promise<RegistryAnswer> {
  const path = `/v2/${repository}/manifests/`;
  if (reference.includes(':')) return askRegistry(socket, 'DELETE', path + reference);
  const found = await askRegistry(socket, 'GET', path + reference);
  const digest = found.headers['docker-content-digest'];
  if (found.status !== 200 || typeof digest !== 'string') return found;
  return askRegistry(socket, 'DELETE', path + digest);
}

/**
 * Takes out of a repository what no tag leads to. A blob that stayed there would not be uploaded again by the next push,
 * and so not be counted.
 */
export async function release(
  socket: string,
  usage: RegistryUsage,
  sandbox: string,
  repository: string,
): Promise<void> {
  const reached = new Set<string>();
  for (const tag of await tagsOf(socket, repository)) {
    reached.add(`tag:${tag}`);
    await reach(socket, repository, tag, reached);
  }
  for (const digest of usage.digests(sandbox, repository)) {
    if (reached.has(digest) || digest.startsWith('upload:')) continue;
    if (!digest.startsWith('tag:')) {
      await askRegistry(socket, 'DELETE', `/v2/${repository}/blobs/${digest}`);
    }
    usage.drop({ sandbox, repository, digest });
  }
}

async function reach(socket: string, repository: string, reference: string, reached: Set<string>): Promise<void> {
  if (reached.size > MOST_REACHED) return;
  const { status, headers, body } = await askRegistry(socket, 'GET', `/v2/${repository}/manifests/${reference}`);
  if (status !== 200) return;
  const digest = headers['docker-content-digest'];
  if (typeof digest !== 'string' || reached.has(digest)) return;
  reached.add(digest);
  const manifest = JSON.parse(body.toString('utf8')) as Manifest;
  for (const each of [manifest.config, ...(manifest.layers ?? [])]) if (each?.digest) reached.add(each.digest);
  for (const each of manifest.manifests ?? []) if (each.digest) await reach(socket, repository, each.digest, reached);
}

/** The registry has checked a manifest's form before it kept it. */
interface Manifest {
  config?: { digest?: string };
  layers?: { digest?: string }[];
  manifests?: { digest?: string }[];
}

async function tagsOf(socket: string, repository: string): Promise<string[]> {
  return listIn(await askRegistry(socket, 'GET', `/v2/${repository}/tags/list`), 'tags');
}

/**
 * Names as a sandbox says them → names of the registries behind. A learner's own repositories are `mine/NAME`, which is
 * `ID/NAME` at the registry of what learners push; all others are of the shared registry. Pure.
 */

/** What a request is for, by its path. `path` is the one for the registry; `query` is not in it. */
export type Route =
  | { kind: 'base' | 'catalog' | 'search' | 'ping' }
  | { kind: 'repository'; registry: 'shared' | 'mine'; name: string; resource: Resource; path: string };

export type Resource =
  | { kind: 'tags' | 'uploads' }
  | { kind: 'manifest'; reference: string }
  | { kind: 'blob'; digest: string }
  | { kind: 'upload'; upload: string };

/** The prefix of a learner's own repositories. */
const OWN = 'mine/';
/** Docker Hub's folder of images without a folder: `busybox` is `library/busybox`. */
const LIBRARY = 'library/';

/** The registry allows 255 for a whole name; an id and a slash come before ours. */
const MAX_NAME = 200;
const COMPONENT = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;
const REFERENCE = /^(?:\w[\w.-]{0,127}|sha(?:256|512):[0-9a-f]{64,128})$/;
const DIGEST = /^sha(?:256|512):[0-9a-f]{64,128}$/;
const UPLOAD = /^[0-9a-f-]{36}$/;

/** Undefined for every path that is none of the registry's: an encoded character is never part of a name. */
export function routeOf(path: string, sandbox: string): Route | undefined {
  if (path === '/v1/_ping') return { kind: 'ping' };
  if (path === '/v1/search') return { kind: 'search' };
  if (path === '/v2/' || path === '/v2') return { kind: 'base' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  const [, said, rest] =
    /^\/v2\/(.+?)\/(tags\/list|manifests\/[^/]+|blobs\/uploads\/[^/]*|blobs\/[^/]+)$/.exec(path) ?? [];
  if (said === undefined || rest === undefined || !isName(said)) return undefined;
  const resource = resourceOf(rest);
  if (!resource) return undefined;
  const { registry, name } = repositoryOf(said, sandbox);
  return { kind: 'repository', registry, name, resource, path: `/v2/${name}/${rest}` };
}

export function isName(text: string): boolean {
  return text.length <= MAX_NAME && text.split('/').every((part) => COMPONENT.test(part) && !part.includes('..'));
}

/** `name` has to be one (`isName`). */
export function repositoryOf(name: string, sandbox: string): { registry: 'shared' | 'mine'; name: string } {
  if (name.startsWith(OWN)) return { registry: 'mine', name: `${sandbox}/${name.slice(OWN.length)}` };
  return { registry: 'shared', name: name.includes('/') ? name : LIBRARY + name };
}

/** A name at a registry, as the sandbox says it. */
export function saidOf(name: string, sandbox: string): string {
  if (name.startsWith(`${sandbox}/`)) return OWN + name.slice(sandbox.length + 1);
  return name.startsWith(LIBRARY) ? name.slice(LIBRARY.length) : name;
}

/**
 * The query for the registry. A mount from a repository of the learner's own is mapped; any other is dropped, and the
 * registry answers with an ordinary upload.
 */
export function queryOf(query: string, sandbox: string): string {
  const parameters = new URLSearchParams(query);
  const from = parameters.get('from');
  if (!parameters.has('mount') && from === null) return query;
  const source = from !== null && isName(from) ? repositoryOf(from, sandbox) : undefined;
  if (source?.registry === 'mine') parameters.set('from', source.name);
  else for (const name of ['mount', 'from']) parameters.delete(name);
  return parameters.toString();
}

function resourceOf(rest: string): Resource | undefined {
  if (rest === 'tags/list') return { kind: 'tags' };
  if (rest === 'blobs/uploads/') return { kind: 'uploads' };
  const last = rest.slice(rest.lastIndexOf('/') + 1);
  if (rest.startsWith('manifests/')) return REFERENCE.test(last) ? { kind: 'manifest', reference: last } : undefined;
  if (rest.startsWith('blobs/uploads/')) return UPLOAD.test(last) ? { kind: 'upload', upload: last } : undefined;
  return DIGEST.test(last) ? { kind: 'blob', digest: last } : undefined;
}

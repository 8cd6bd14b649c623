/** Requests that change a learner's own repositories: counted while they stream in, noted when the registry has taken them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Route } from './names.ts';
import { queryOf } from './names.ts';
import { pass, type Passed } from './pass.ts';
import { type Exchange, withQuery } from './exchange.ts';
import { full, READ_ONLY, refuse, TOO_LARGE, type Refusal } from './refusal.ts';
import { askRegistry } from './ask-registry.ts';
import { release, removeManifest } from './remove.ts';

type Repository = Route & { kind: 'repository' };

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

export async function push(request: IncomingMessage, response: ServerResponse, route: Repository, exchange: Exchange) {
  const { sandbox, usage, quota } = exchange;
  const { resource, name: repository } = route;
  if (request.method === 'DELETE' && resource.kind === 'manifest') {
    return await remove(response, repository, resource.reference, exchange);
  }
  const method = request.method ?? '';
  if (!['POST', 'PATCH', 'PUT', 'DELETE'].includes(method)) return refuse(response, READ_ONLY);
  const brings = method !== 'DELETE';
  if (brings && !quota.hasRoom(sandbox)) {
    request.resume();
    return refuse(response, full(quota.limitBytes));
  }
  using intake = quota.intake(sandbox);
  const take = (bytes: number): Refusal | undefined => {
    if (!intake.take(bytes)) return full(quota.limitBytes);
    if (resource.kind === 'manifest' && intake.bytes > MAX_MANIFEST_BYTES) return TOO_LARGE;
    return undefined;
  };
  const query = queryOf(exchange.query, sandbox);
  const passed = await pass(request, response, {
    socketPath: exchange.mine,
    agent: exchange.agent,
    method,
    path: withQuery(route.path, query),
    rename: exchange.rename,
    ...(brings ? { take } : {}),
  });
  const row = (digest: string) => ({ sandbox, repository, digest });
  if (resource.kind === 'upload') {
    const upload = row(`upload:${resource.upload}`);
    const before = usage.bytesOf(sandbox, upload.digest);
    if (isAnswer(passed, 201)) {
      usage.put(row(digestOf(passed, query)), before + intake.bytes);
      usage.drop(upload);
    } else if (isAnswer(passed, 204) && !brings) usage.drop(upload);
    else if (brings) {
      usage.put(upload, before + intake.bytes);
      if (passed.kind === 'broken' && (await cancel(withQuery(route.path, query), exchange))) usage.drop(upload);
    }
  } else if (resource.kind === 'uploads') {
    // Created at once, of a body or of another repository's blob; or accepted, to be uploaded.
    const digest = isAnswer(passed, 201) ? digestOf(passed, query) : undefined;
    if (digest) usage.put(row(digest), Math.max(intake.bytes, usage.bytesOf(sandbox, digest)));
    else if (isAnswer(passed, 202)) usage.put(row(`upload:${header(passed, 'docker-upload-uuid')}`), intake.bytes);
  } else if (resource.kind === 'manifest' && isAnswer(passed, 201)) {
    usage.put(row(digestOf(passed, query)), intake.bytes);
    if (!resource.reference.includes(':')) usage.put(row(`tag:${resource.reference}`), 0);
  } else if (resource.kind === 'blob' && isAnswer(passed, 202)) usage.drop(row(resource.digest));
}

type Answered = Passed & { kind: 'answered' };

function isAnswer(passed: Passed, status: number): passed is Answered {
  return passed.kind === 'answered' && passed.status === status;
}

function header(passed: Answered, name: string): string {
  return String(passed.headers[name] ?? '');
}

function digestOf(passed: Answered, query: string): string {
  return header(passed, 'docker-content-digest') || (new URLSearchParams(query).get('digest') ?? 'unknown');
}

/** Removes the manifest, and then what no other tag of the repository leads to: that is what makes room. */
async function remove(response: ServerResponse, repository: string, reference: string, exchange: Exchange) {
  const answer = await removeManifest(exchange.mine, repository, reference);
  if (answer.status === 202) await release(exchange.mine, exchange.usage, exchange.sandbox, repository);
  const body = exchange.rename(answer.body.toString('utf8'));
  response.writeHead(answer.status === 200 ? 202 : answer.status, { 'content-type': 'application/json' }).end(body);
}

/** How often, and how long apart, an upload is cancelled that the registry may still be closing. */
const CANCEL_TIMES = 5;
const CANCEL_EVERY_MS = 200;

/** Cancels an upload that broke off, so that its bytes leave the disk. Resolves to whether they have. */
async function cancel(path: string, { mine }: Exchange): Promise<boolean> {
  for (let time = 0; time < CANCEL_TIMES; time++) {
    await sleep(CANCEL_EVERY_MS);
    const { status } = await askRegistry(mine, 'DELETE', path);
    if (status === 204 || status === 404) return true;
  }
  return false;
}

import type { ApiError, SessionAnswer } from '../../sandbox-server/protocol/api.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import type { ToldError } from './reference.ts';

type No = ({ kind: 'refused' } & ToldError) | { kind: 'unreachable' };

/** Whether the server knows this browser. `unreachable`: no answer came, which says nothing about the answer. */
export type Session = { kind: 'known'; sandboxes: SessionAnswer['sandboxes'] } | No;

/** Whether this browser may open terminals. */
export type Admission = { kind: 'admitted' } | No;

/** Asks the server who we are; where there is no cookie, the answer brings one. */
export async function askForAdmission(request: typeof fetch = fetch): Promise<Admission> {
  const session = await askForSession(request);
  if (session.kind !== 'known') return session;
  return session.sandboxes.available ? { kind: 'admitted' } : { kind: 'refused', code: session.sandboxes.code };
}

const underWay = new WeakMap<typeof fetch, Promise<Session>>();

/**
 * Whoever asks while a question is under way gets its answer: two first questions at once would make two learners of one
 * visitor.
 */
export function askForSession(request: typeof fetch = fetch): Promise<Session> {
  const before = underWay.get(request);
  if (before !== undefined) return before;
  const asked = ask(request).finally(() => underWay.delete(request));
  underWay.set(request, asked);
  return asked;
}

async function ask(request: typeof fetch): Promise<Session> {
  let response: Response;
  try {
    response = await request('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  } catch {
    return { kind: 'unreachable' };
  }
  if (!response.ok) return refusalOf(response);
  const answer = (await response.json().catch(() => null)) as SessionAnswer | null;
  return answer === null ? { kind: 'unreachable' } : { kind: 'known', sandboxes: answer.sandboxes };
}

async function refusalOf(response: Response): Promise<No> {
  const error = await errorOf(response);
  if (error !== null) return { kind: 'refused', ...error };
  // A proxy's own 5xx while the server restarts is not the server's word. A plain file server knows no sessions.
  if (response.status >= 500) return { kind: 'unreachable' };
  return { kind: 'refused', code: response.status === 404 || response.status === 405 ? 'sandboxes-off' : 'unexpected' };
}

/** The registry's error in a response, or null where the answer is not our server's. */
export async function errorOf(response: Response): Promise<ToldError | null> {
  const body = (await response.json().catch(() => null)) as Partial<ApiError> | null;
  const { code, reference } = body?.error ?? {};
  if (code === undefined || !Object.hasOwn(ERRORS, code)) return null;
  return { code, ...(reference !== undefined && { reference }) };
}

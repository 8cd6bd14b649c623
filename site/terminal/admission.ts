import type { ApiError, SessionAnswer } from '../../sandbox-server/protocol/api.ts';
import { ERRORS, type ErrorCode } from '../../sandbox-server/protocol/errors.ts';

/** Whether this browser may open terminals. `unreachable`: no answer came, which says nothing about the answer. */
export type Admission = { kind: 'admitted' } | { kind: 'refused'; code: ErrorCode } | { kind: 'unreachable' };

/** Asks the server who we are; where there is no cookie, the answer brings one. */
export async function askForAdmission(request: typeof fetch = fetch): Promise<Admission> {
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
  if (answer === null) return { kind: 'unreachable' };
  return answer.sandboxes.available ? { kind: 'admitted' } : { kind: 'refused', code: answer.sandboxes.code };
}

async function refusalOf(response: Response): Promise<Admission> {
  const code = await errorCodeOf(response);
  if (code !== null) return { kind: 'refused', code };
  // A proxy's own 5xx while the server restarts is not the server's word. A plain file server knows no sessions.
  if (response.status >= 500) return { kind: 'unreachable' };
  return { kind: 'refused', code: response.status === 404 || response.status === 405 ? 'sandboxes-off' : 'unexpected' };
}

/** The registry's code in an error response, or null where the answer is not our server's. */
export async function errorCodeOf(response: Response): Promise<ErrorCode | null> {
  const body = (await response.json().catch(() => null)) as Partial<ApiError> | null;
  const code = body?.error?.code;
  return code !== undefined && Object.hasOwn(ERRORS, code) ? code : null;
}

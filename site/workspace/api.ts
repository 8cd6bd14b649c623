import { ERRORS, type ErrorCode } from '../../sandbox-server/protocol/errors.ts';
import { errorOf } from '../terminal/admission.ts';
import { hintOf } from '../terminal/reference.ts';

/** What came of a request: the answer, or what to tell the learner. */
export type Outcome<T> = { ok: true; answer: T } | { ok: false; code: ErrorCode | null; message: string };

const NO_ANSWER = 'The server does not answer. Check your network and try again.';

export async function post<T = void>(path: string, body: unknown = {}): Promise<Outcome<T>> {
  let response: Response;
  try {
    const headers = { 'content-type': 'application/json' };
    response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  } catch {
    return { ok: false, code: null, message: NO_ANSWER };
  }
  if (response.ok) {
    const answer = (response.status === 204 ? undefined : await response.json()) as T;
    return { ok: true, answer };
  }
  const error = (await errorOf(response)) ?? { code: 'unexpected' };
  return { ok: false, code: error.code, message: `${ERRORS[error.code].text} ${hintOf(error)}` };
}

/** What to do about an error, and where the server's fault is the matter, what its operator finds it by. */
import { ERRORS, type ErrorCode, isServersOwn } from '../../sandbox-server/protocol/errors.ts';

/** An error of the registry as the server told it. `reference` is absent where it told none. */
export interface ToldError {
  code: ErrorCode;
  reference?: string;
}

export function hintOf({ code, reference }: ToldError): string {
  const { hint } = ERRORS[code];
  return isServersOwn(code) && reference !== undefined ? `${hint} Reference: ${reference}` : hint;
}

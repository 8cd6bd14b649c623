/** What to do about an error, and where the server's fault is the matter, what its operator finds it by. */
import { ERRORS, type ErrorCode, isServersOwn } from '../../sandbox-server/protocol/errors.ts';

/** An error of the registry as the server told it. `reference` is absent where it told none. */
export interface ToldError {
  code: ErrorCode;
  reference?: string;
  /** Words of whoever runs the server. */
  said?: string;
}

export function textOf({ code, said }: ToldError): string {
  const { text } = ERRORS[code];
  return said === undefined ? text : `${text.replace(/\.$/, '')}: “${said}”`;
}

export function hintOf({ code, reference }: ToldError): string {
  const { hint } = ERRORS[code];
  return isServersOwn(code) && reference !== undefined ? `${hint} Reference: ${reference}` : hint;
}

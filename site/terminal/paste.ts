import { PASTE_LINES_UNASKED } from '../../sandbox-server/protocol/limits.ts';
import { linesOf } from '../../sandbox-server/protocol/typing.ts';

/** Whether to ask first: without bracketed paste each line runs as it arrives, and no one can take it back. */
export function mustAsk(text: string, bracketed: boolean): boolean {
  return !bracketed && linesOf(text).length > PASTE_LINES_UNASKED;
}

/** What a page may say, checked (protocol/messages.ts has the types). */
import { z } from 'zod';
import { MAX_CELLS, MIN_CELLS } from '../protocol/limits.ts';
import type { ClientMessage } from '../protocol/messages.ts';

const cells = z.number().int().min(MIN_CELLS).max(MAX_CELLS);
const position = z.number().int().nonnegative();

const clientMessage: z.ZodType<ClientMessage> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('open'),
    from: position.exactOptional(),
    shell: z.string().max(64).exactOptional(),
    visible: z.boolean(),
    columns: cells,
    rows: cells,
  }),
  z.strictObject({ type: z.literal('parsed'), position }),
  z.strictObject({ type: z.literal('resize'), columns: cells, rows: cells }),
  z.strictObject({ type: z.literal('hide') }),
  z.strictObject({ type: z.literal('show'), from: position }),
  z.strictObject({ type: z.literal('restart') }),
]);

/** The message, or undefined for what is none. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  try {
    return clientMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

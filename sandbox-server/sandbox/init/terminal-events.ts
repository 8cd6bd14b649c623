/** What `init` tells of a terminal, checked: it comes out of a sandbox (protocol/messages.ts has the types). */
import { z } from 'zod';
import { MAX_CELLS } from '../../protocol/limits.ts';
import type { ServerMessage } from '../../protocol/messages.ts';

const cells = z.number().int().positive().max(MAX_CELLS);
const position = z.number().int().nonnegative();
const status = z.number().int().min(0).max(255).nullable();

/** Longest sequence of modes: 64 private modes of at most 8 characters, and the keypad's. */
const MAX_MODES = 1024;

const terminalEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('attached'),
    shell: z.string().max(64),
    from: position,
    replayTo: position,
    cut: z.boolean(),
    // Only sequences that set modes: nothing else may come in by this door.
    // oxlint-disable-next-line no-control-regex -- escape sequences are what this is about
    modes: z
      .string()
      .max(MAX_MODES)
      .regex(/^(?:\x1b\[\?\d{1,4}[hl]|\x1b=)*$/),
    columns: cells,
    rows: cells,
  }),
  z.strictObject({ type: z.literal('size'), columns: cells, rows: cells }),
  z.strictObject({ type: z.literal('prompt'), waiting: z.boolean(), sure: z.boolean() }),
  z.strictObject({ type: z.literal('command-ended'), status }),
  z.strictObject({
    type: z.literal('notice'),
    code: z.enum(['out-of-memory', 'disk-full', 'too-many-processes']),
  }),
  z.strictObject({ type: z.literal('exited'), status, signal: z.string().max(64).nullable() }),
]) satisfies z.ZodType<ServerMessage>;

export type TerminalEvent = z.infer<typeof terminalEvent>;

/** The event, or undefined for what is none. */
export function parseTerminalEvent(message: unknown): TerminalEvent | undefined {
  return terminalEvent.safeParse(message).data;
}

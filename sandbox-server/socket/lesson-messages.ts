/** What a page that shows a lesson may say, checked (protocol/lesson.ts has the types). */
import { z } from 'zod';
import { MAX_ANSWER_CHARACTERS, type LessonClientMessage } from '../protocol/lesson.ts';

/** As long as headings get, with room to spare. */
const MAX_ANCHOR = 256;

/** No page is longer, in CSS pixels; the database keeps integers. */
const MAX_OFFSET = 10_000_000;

/** Ids are words; what is none is not found. */
const id = z.string().min(1).max(128);

const clientMessage: z.ZodType<LessonClientMessage> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('check'),
    task: id,
    answer: z.string().max(MAX_ANSWER_CHARACTERS).exactOptional(),
  }),
  z.strictObject({
    type: z.literal('reading'),
    anchor: z.string().max(MAX_ANCHOR),
    offset: z.number().min(-MAX_OFFSET).max(MAX_OFFSET),
  }),
  z.strictObject({ type: z.literal('figure'), seen: z.boolean() }),
]);

/** The message, or undefined for what is none. */
export function parseLessonMessage(text: string): LessonClientMessage | undefined {
  try {
    return clientMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

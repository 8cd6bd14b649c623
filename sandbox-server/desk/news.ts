/** What `slipway dev` tells the gateway over its IPC channel: everything, each time that something changed. */
import { z } from 'zod';

export const deskNews = z.strictObject({
  type: z.literal('desk'),
  /** As in protocol/desk.ts. */
  pages: z.record(z.string(), z.int()),
  problems: z.array(z.strictObject({ place: z.string(), what: z.string(), expected: z.string(), mend: z.string() })),
  /** What was built, by the image's name: in place of the configuration's. */
  images: z.record(z.string(), z.strictObject({ id: z.string(), profile: z.enum(['standard', 'containers']) })),
  /** Images that are being built, or could not be. */
  work: z.array(z.strictObject({ name: z.string(), state: z.enum(['building', 'failed']), text: z.string() })),
  /** Rises when the course manifest was written anew. */
  manifest: z.int(),
});

export type DeskNews = z.infer<typeof deskNews>;

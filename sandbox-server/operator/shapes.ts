/** What the operator's socket and the command line say to each other, as JSON. Both ends check it. */
import { z } from 'zod';
import { MOST_SAID_BYTES } from '../session/stop-reason.ts';

const count = z.number().int().nonnegative();
const bytes = z.number().nonnegative();
/** Milliseconds since 1970. */
const time = z.number();

/** `GET /server`. */
export const serverInfo = z.object({
  pid: count,
  startedAt: time,
  now: time,
  urls: z.array(z.string()),
  /** Why no visitors should be sent to it, as `/readyz` tells: none, it is ready. */
  unready: z.array(z.string()),
  sandboxes: z.enum(['on', 'off']),
  courses: z.array(z.string()),
  /** Sandboxes that may run at once, that do, and learners who wait. */
  places: count,
  running: count,
  waiting: count,
  /** Sandboxes that run ahead and wait for a learner. */
  pooled: count,
  processors: count,
  /** How many processes ran or could have run, on average of the last minute. */
  load: z.number(),
  /** Null: the supervisor does not answer. */
  memory: z.object({ totalBytes: bytes, availableBytes: bytes }).nullable(),
  disk: z.object({ totalBytes: bytes, freeBytes: bytes }).nullable(),
  /** What is left alone: where less is free, learners wait or are refused. 0: nothing. */
  leastFree: z.object({ memoryBytes: bytes, diskBytes: bytes }),
  gateway: z.object({
    memoryBytes: bytes,
    /** How late the event loop was with what it had to do, since this was asked last, in milliseconds. */
    lateMs: z.object({ median: z.number(), p99: z.number(), most: z.number() }),
  }),
});
export type ServerInfo = z.infer<typeof serverInfo>;

/** Of a learner's id, which is longer: enough to tell one from another, and nothing that lets anybody in. */
export const LEARNER_LETTERS = 8;

/** One of `GET /sandboxes`. */
export const sandboxInfo = z.object({
  id: z.string(),
  /** The first letters of their id; null: the sandbox belongs to nobody that the database knows. */
  learner: z.string().nullable(),
  course: z.string().nullable(),
  image: z.string().nullable(),
  profile: z.enum(['standard', 'containers']).nullable(),
  state: z.enum(['requested', 'starting', 'ready', 'frozen', 'stopped', 'gone']),
  /** Since when it is in its state, as far as the gateway knows that was started last. */
  since: time.nullable(),
  seenAt: time.nullable(),
  viewers: count,
  throttled: z.boolean(),
  /** The error by which it did not start, where that was so the last time. */
  failure: z.string().nullable(),
  /** Place in the queue, from 1; null: it does not wait. */
  queue: count.nullable(),
  /** When its session's time is over; null: never, or it does not run. */
  endsAt: time.nullable(),
  /** Of one that runs. */
  memoryBytes: bytes.nullable(),
  memoryLimitBytes: bytes.nullable(),
  processes: count.nullable(),
  /** Time that it has used since its start, of one processor. */
  cpuMicroseconds: count.nullable(),
  cpus: z.number().nullable(),
  /** How often the kernel ended one of its processes for lack of memory, since its start. */
  outOfMemoryKills: count.nullable(),
  /** Of one that is ready. */
  terminals: count.nullable(),
  /** What its disk takes of the host's. */
  diskBytes: bytes.nullable(),
  diskLimitBytes: bytes.nullable(),
});
export type SandboxInfo = z.infer<typeof sandboxInfo>;

/** What `init` answers when it is asked how it is; it may belong to a learner by now. */
export const terminalsOfInit = z.object({ terminals: z.array(z.unknown()).max(1000) });

/** `GET /sandboxes`. `at`: when that was. */
export const sandboxList = z.object({ at: time, sandboxes: z.array(sandboxInfo) });

/** Words to a learner: on one line, and nothing that moves a terminal's cursor. */
export const said = z
  .string()
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'one line of letters, digits and signs')
  .refine((text) => Buffer.byteLength(text) <= MOST_SAID_BYTES, `at most ${MOST_SAID_BYTES} bytes`);

/** `POST /sandboxes/ID/stop`. */
export const stopRequest = z.strictObject({ said: said.optional(), destroy: z.boolean().default(false) });
export type StopRequest = z.input<typeof stopRequest>;

/** `left-queue`: it did not run, and waits no longer. `did-not-run`: there was nothing to stop. */
export const stopAnswer = z.object({ outcome: z.enum(['stopped', 'left-queue', 'did-not-run', 'destroyed']) });
export type StopOutcome = z.infer<typeof stopAnswer>['outcome'];

export const operatorError = z.object({ error: z.string() });

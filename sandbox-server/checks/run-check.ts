/**
 * Runs one check in a sandbox, to its verdict. Knows no HTTP, no learner and no course: a stream to the sandbox's `init`
 * is all that it is given.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { CheckStep } from '../../site/course/manifest.ts';
import { InitRefused, InitStream } from '../sandbox/init/stream.ts';
import { readVerdict, type Ending, type How, type Verdict } from './read-verdict.ts';

export type { Verdict };

export interface RunCheckOptions {
  /** What the learner typed into an ask. */
  answer?: string;
  /** Ends the check; the promise then rejects with its reason. */
  signal?: AbortSignal;
}

/** Without its comments: it is read anew for each check. */
const PRELUDE = readFileSync(join(import.meta.dirname, 'prelude'), 'utf8').replaceAll(/^ *#.*\n/gm, '');

/**
 * What the shell is started with. It evaluates the prelude, reads the marker, then what the checks of the lesson share and
 * the check itself, each up to a line that is the marker, and evaluates the two. On one line, so that the shell counts the
 * lines of what it evaluates from 1.
 *
 * Marker and check come on standard input: arguments and environment of a process can be read by every other in the
 * sandbox. They are read by the shell itself: a program that a learner ends, or a process that there is no room for, would
 * give a part of the text, and the first half of a check may well pass. The prelude is no secret and comes in a variable:
 * a shell reads a pipe byte by byte.
 */
const BOOT = [
  'eval "$SLIPWAY_PRELUDE"; unset SLIPWAY_PRELUDE; slipway_newline=$1; shift; exec 9>&1;',
  'IFS= read -r slipway_marker || exit 126;',
  'slipway_read() { slipway_text=; while IFS= read -r slipway_line || exit 126;',
  'do [ "$slipway_line" = "$slipway_marker" ] && break; slipway_text="$slipway_text$slipway_line$slipway_newline"; done; };',
  'slipway_read; slipway_shared=$slipway_text; slipway_read; eval "$slipway_shared"; eval "$slipway_text"',
].join(' ');

/** The shell's own name: its messages begin with it. */
const NAME = 'check';

/** The first that the image has. No start file is read: learners may write in theirs. */
const SHELLS = [['bash', '--noprofile', '--norc'], ['sh']];

/** More than any check prints that a person could read, in bytes of each output; what prints more is ended. */
const MAX_OUTPUT_BYTES = 256 * 1024;

/** `init` ends a check at its limit, and needs a moment for what is still in the pipes. */
const GRACE_MS = 3000;

/** The last frame. */
const ended = z.object({
  status: z.number().int().nullable(),
  signal: z.string().nullable(),
  timedOut: z.boolean(),
  flooded: z.boolean(),
});

/**
 * Runs the check and says what came of it. `connect` opens a stream to the `init` of a sandbox that runs. Rejects where
 * `connect` does, and where the sandbox ends meanwhile.
 */
export async function runCheck(
  connect: () => Promise<Duplex>,
  check: CheckStep,
  options: RunCheckOptions = {},
): Promise<Verdict> {
  const marker = randomBytes(16).toString('hex');
  for (const [index, shell] of SHELLS.entries()) {
    options.signal?.throwIfAborted();
    const duplex = await connect();
    try {
      return readVerdict(await runToItsEnd(duplex, shell, check, marker, options), marker, check.timeoutMs);
    } catch (error) {
      const missing = error instanceof InitRefused && error.code === 'not-found';
      if (!missing || index === SHELLS.length - 1) throw error;
    }
  }
  throw new Error('unreachable: the last shell returns or throws');
}

function runToItsEnd(
  duplex: Duplex,
  shell: string[],
  check: CheckStep,
  marker: string,
  { answer, signal }: RunCheckOptions,
): Promise<Ending> {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>();
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let size = 0;
  const end = (how: How) => resolve({ ...how, out: Buffer.concat(out), err: Buffer.concat(err) });
  const take = (into: Buffer[], bytes: Buffer) => {
    size += bytes.length;
    into.push(Buffer.from(bytes));
    // `init` holds it to that; it is not relied on.
    if (size > 2 * MAX_OUTPUT_BYTES) end({ how: 'flooded' });
  };
  const stream = new InitStream(
    duplex,
    {
      op: 'exec',
      argv: [...shell, '-c', BOOT, NAME, '\n'],
      root: check.user === 'root',
      cwd: '~',
      // A variable cannot hold a zero byte; nothing could be started with one.
      env: { SLIPWAY_PRELUDE: PRELUDE, ...(answer === undefined ? {} : { ANSWER: answer.replaceAll('\0', '') }) },
      timeoutMs: check.timeoutMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    },
    {
      onOpen: () => {
        stream.send(Buffer.from([marker, check.shared ?? '', marker, check.text, marker, ''].join('\n')));
        stream.control({ type: 'eof' });
      },
      onData: (bytes) => take(out, bytes),
      onErrorData: (bytes) => take(err, bytes),
      onControl: (message) => {
        const last = ended.safeParse(message).data;
        if (!last) reject(new Error('init said something else than how a check ended'));
        else if (last.flooded) end({ how: 'flooded' });
        else end(last.timedOut ? { how: 'hung' } : { how: 'ended', status: last.status, signal: last.signal });
      },
      onEnd: (error) => reject(error ?? new Error('the sandbox ended during a check')),
    },
  );
  const timer = setTimeout(() => end({ how: 'hung' }), check.timeoutMs + GRACE_MS);
  const abort = () => reject(signal!.reason as Error);
  signal?.addEventListener('abort', abort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    stream[Symbol.dispose]();
  });
}

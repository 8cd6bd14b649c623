/** Runs an author's script in a sandbox, unseen: not in a terminal, from a clean environment, in the learner's home. */
import type { Duplex } from 'node:stream';
import { runInSandbox, type CommandResult } from '../sandbox/init/ask.ts';

export interface Script {
  text: string;
  user: 'learner' | 'root';
  timeoutMs: number;
}

export interface ScriptOptions {
  /** Aborted: the script's process group is killed, and the call rejects with the signal's reason. */
  signal?: AbortSignal;
  env?: Record<string, string>;
}

/** Where the learner's files are, root's scripts too begin there. */
const TO_HOME = [
  'while IFS=: read -r _ _ id _ _ home _; do',
  '[ "$id" = 1000 ] && cd "$home" && break;',
  'done </etc/passwd 2>/dev/null;',
].join(' ');
/** bash, where the image has one. The script comes on standard input, whole: what it runs finds that at its end. */
const BY_SHELL = 'command -v bash >/dev/null 2>&1 && exec bash -c "$0"; eval "$0"';
const FROM_INPUT = 'eval "$(cat)"';

/** Resolves whatever the exit status; rejects where the stream breaks. What it left in the background lives on. */
export async function runScript(
  connect: () => Promise<Duplex>,
  { text, user, timeoutMs }: Script,
  { signal, env }: ScriptOptions = {},
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const duplex = await connect();
  const kill = () => duplex.destroy(signal!.reason as Error);
  signal?.addEventListener('abort', kill);
  try {
    signal?.throwIfAborted();
    const argv = ['sh', '-c', TO_HOME + BY_SHELL, FROM_INPUT];
    // `daemons`: what it starts in the background is what it was written for.
    const request = { op: 'exec', argv, root: user === 'root', timeoutMs, daemons: true, ...(env && { env }) } as const;
    return await runInSandbox(duplex, request, Buffer.from(text));
  } finally {
    signal?.removeEventListener('abort', kill);
    duplex.destroy();
  }
}

/** Runs an author's script in a sandbox, unseen: not in a terminal, from a clean environment, in the learner's home. */
import type { Duplex } from 'node:stream';
import { runInSandbox, type CommandResult } from '../sandbox/init/ask.ts';

export interface Script {
  text: string;
  user: 'learner' | 'root';
  timeoutMs: number;
}

/** bash, where the image has one. The script comes on standard input, whole: what it runs finds that at its end. */
const ARGV = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash -c "$0"; eval "$0"', 'eval "$(cat)"'];

/**
 * Resolves whatever the exit status. Rejects where the stream breaks, and with the signal's reason where that is aborted:
 * the script's process group is then killed. What it left in the background lives on.
 */
export async function runScript(
  connect: () => Promise<Duplex>,
  { text, user, timeoutMs }: Script,
  signal?: AbortSignal,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const request = { op: 'exec', argv: ARGV, root: user === 'root', cwd: '~', timeoutMs, daemons: true } as const;
  return await runInSandbox(await connect(), request, Buffer.from(text), signal);
}

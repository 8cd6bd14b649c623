/** A learner who sits at a prompt. */
import type { BenchServer } from '../host/server.ts';
import { Learner } from './learner.ts';
import { PROMPT, type TerminalClient, type TerminalOptions } from './terminal.ts';

export async function atPrompt(server: BenchServer, options?: TerminalOptions): Promise<TerminalClient> {
  const learner = await Learner.arrive(server.url);
  const terminal = await learner.open(options);
  await terminal.sees(PROMPT);
  return terminal;
}

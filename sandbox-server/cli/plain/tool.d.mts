import type { SpawnOptions } from 'node:child_process';

export interface ToolOptions extends Omit<SpawnOptions, 'stdio'> {
  /** Called with each line of standard output, standard error and the status descriptor. */
  onLine?: (line: string) => void;
  /** Which lines tell why a failure happened. All, unless given. */
  keep?: (line: string) => boolean;
  /** What failed, one sentence. */
  failed?: string;
  mend: string;
  /** Gives the program a descriptor 3 to write its progress to. */
  statusFd?: boolean;
}

/** Resolves when the program ended with 0, else rejects with a `Failure` that holds the last lines it printed. */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<void>;

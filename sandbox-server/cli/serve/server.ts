/** The server's processes together: started side by side, kept alive, ended in order. */
import { join } from 'node:path';

import type { Config } from '../../config.ts';
import type { Report } from '../plain/report.mjs';
import { Child } from './child.ts';
import type { Commands } from './commands.ts';
import { createLogFile } from './log-file.ts';

export interface ServerOptions {
  config: Config;
  commands: Commands;
  env: NodeJS.ProcessEnv;
  report: Report;
  /** Called once, when all processes are ready; with the port that the gateway listens on. */
  onReady: (port: number) => void;
  /** Ends the server. */
  signal: AbortSignal;
}

/** Resolves when the server has ended in order, rejects with a `Failure` when it could not be kept up. */
export async function runServer({ config, commands, env, report, onReady, signal }: ServerOptions): Promise<void> {
  const waiting = new Set(Object.keys(commands));
  let port = config.port;
  const start = (name: keyof typeof commands, command: string[]) => {
    const log = createLogFile(join(config.data, 'log', `${name}.log`), (text) => report.warn(`${name}: ${text}`));
    return new Child({
      name,
      command,
      env,
      onLine: log,
      onReady: (message) => {
        port = message.port ?? port;
        if (waiting.delete(name) && waiting.size === 0) onReady(port);
      },
      onRestart: (reason) => report.warn(`The ${name} ended (${reason}) and is started again.`),
    });
  };
  // The order in which they end: nobody may ask the supervisor for anything when it goes.
  const children = [
    start('gateway', commands.gateway),
    ...(commands.supervisor ? [start('supervisor', commands.supervisor)] : []),
  ];
  const endAll = async () => {
    for (const child of children) await child.end();
  };
  signal.addEventListener('abort', () => void endAll(), { once: true });
  try {
    await Promise.all(children.map((child) => child.keepAlive()));
  } finally {
    await endAll();
  }
}

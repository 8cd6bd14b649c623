/** The server's processes together: started one after the other, kept alive, ended in the opposite order. */
import { join } from 'node:path';

import type { Config } from '../../config.ts';
import { untilReady } from '../../registry/client.ts';
import type { Report } from '../plain/report.mjs';
import { Child, type ChildOptions, type Tell } from './child.ts';
import type { Commands } from './commands.ts';
import { createLogFile, registryWarningOf, WARN, warningOf } from './log-file.ts';

export interface ServerOptions {
  config: Config;
  commands: Commands;
  env: NodeJS.ProcessEnv;
  report: Report;
  /** Called once, when all processes are ready; with the port that the gateway listens on. */
  onReady: (port: number) => void;
  /** Called each time that a gateway is ready: one that died is replaced by one that knows nothing. */
  onGateway?: (tell: Tell) => void;
  /** Ends the server. */
  signal: AbortSignal;
}

/** Resolves when the server has ended in order, rejects with a `Failure` when it could not be kept up. */
export async function runServer(options: ServerOptions): Promise<void> {
  const { config, commands, env, report, onReady, onGateway, signal } = options;
  // What the processes log is theirs; what became of them is ours.
  const ownLog = createLogFile(join(config.data, 'log', 'start.log'), () => {});
  const running: { child: Child; alive: Promise<void> }[] = [];
  const endAll = async () => {
    for (const { child } of running.toReversed()) await child.end();
  };
  /** Resolves with the first `ready` of the process; never, where it fails for good: `alive` tells that. */
  const start = (name: string, command: string[], own?: Pick<ChildOptions, 'untilReady'>) =>
    new Promise<number | undefined>((ready) => {
      const child = new Child({
        name,
        command,
        env,
        onLine: createLogFile(
          join(config.data, 'log', `${name}.log`),
          (text) => report.warn(`${name}: ${text}`),
          own ? registryWarningOf : warningOf,
        ),
        onReady: ({ port }, tell) => {
          if (name === 'gateway') onGateway?.(tell);
          ready(port);
        },
        onRestart: (reason) => {
          const text = `The ${name} ended (${reason}) and is started again.`;
          report.warn(text);
          ownLog(JSON.stringify({ level: WARN, time: Date.now(), name: 'start', process: name, msg: text }));
        },
        ...own,
      });
      running.push({ child, alive: child.keepAlive() });
    });
  const allAlive = () => Promise.all(running.map(({ alive }) => alive));

  signal.addEventListener('abort', () => void endAll(), { once: true });
  try {
    // The gateway asks the supervisor at once what runs, and must never be without one.
    if (commands.supervisor) await Promise.race([start('supervisor', commands.supervisor), allAlive()]);
    for (const { name, command, socket } of commands.registries ?? []) {
      if (signal.aborted) return;
      await Promise.race([start(name, command, { untilReady: (ended) => untilReady(socket, ended) }), allAlive()]);
    }
    if (signal.aborted) return;
    const port = await Promise.race([start('gateway', commands.gateway), allAlive().then(() => undefined)]);
    if (!signal.aborted) onReady(port ?? config.port);
    await allAlive();
  } finally {
    await endAll();
  }
}

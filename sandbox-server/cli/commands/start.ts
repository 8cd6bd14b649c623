import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { withPort } from '../../config.ts';
import type { Command, CommandContext } from '../command.ts';
import { Failure } from '../plain/report.mjs';
import { ensureAccessCode } from '../serve/access-code.ts';
import { banner } from '../serve/banner.ts';
import { commandsFor } from '../serve/commands.ts';
import { type Holder, takeLock } from '../serve/lock.ts';
import { runServer } from '../serve/server.ts';
import { canRunSandboxes, prepare } from '../stages/prepare.ts';
import { findUser } from '../stages/system-user.ts';

export const command: Command = {
  name: 'start',
  summary: 'Does all the set-up that is still to do, then serves until Ctrl-C.',
  flags: { '--no-install': 'Install nothing: say what is missing, and end with 1 if something is.' },
  run: start,
};

async function start({ root, settings, host, report, flags }: CommandContext): Promise<number> {
  const sandboxes = canRunSandboxes(host);
  if (!sandboxes) {
    report.warn(
      `Terminals are off: sandboxes need ${host.linux ? 'root' : 'Linux, and root'}. The lessons can be read.`,
    );
  }
  const taken = takeLock(settings.data);
  if ('holder' in taken) throw alreadyRuns(settings.data, taken.holder);
  using lock = taken.lock;
  lock.tell({ pid: process.pid, purpose: 'start' });

  const config = await prepare({ root, settings, host, report, noInstall: flags.has('--no-install') });
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());

  const configFile = join(config.run, 'config.json');
  writeFileSync(configFile, JSON.stringify(config, null, 2));
  const account = sandboxes ? findUser(config.user)! : undefined;
  const accessCode = config.access === 'code' ? ensureAccessCode(config.paths.accessCode, account) : undefined;
  await runServer({
    config,
    commands: commandsFor(config, configFile, account),
    env: environment(process.env),
    report,
    signal: ending.signal,
    onReady: (port) => {
      const urls = withPort(config.urls, port);
      lock.tell({ pid: process.pid, purpose: 'start', urls });
      report.note(banner({ urls, accessCode, sandboxes, logs: join(config.data, 'log') }, report.paint));
    },
  });
  report.note('Ended.');
  return 0;
}

/** What the processes need of ours; a gateway that parses what the network sends should hold no secret of its operator. */
function environment({ PATH, LANG, TZ }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH, NODE_ENV: 'production', ...(LANG && { LANG }), ...(TZ && { TZ }) };
}

function alreadyRuns(data: string, holder: Holder | undefined): Failure {
  const urls = holder?.urls ? `, at ${holder.urls.join(' ')}` : '';
  return new Failure({
    what: `A Slipway already runs on ${data}${holder ? ` (process ${holder.pid}${urls})` : ''}.`,
    mend: 'End it with Ctrl-C where it was started, or give this one other folders with --data and --run.',
  });
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Config, withPort } from '../../config.ts';
import { storeSize } from '../../registry/store.ts';
import type { Command, CommandContext } from '../command.ts';
import { sizeText } from '../doctor/probe.ts';
import type { Report } from '../plain/report.mjs';
import { ensureAccessCode } from '../serve/access-code.ts';
import { banner } from '../serve/banner.ts';
import { claim } from '../serve/claims.ts';
import { commandsFor } from '../serve/commands.ts';
import { collectGarbage, registryProcesses, storeIn } from '../serve/registry.ts';
import { runServer } from '../serve/server.ts';
import { canRunSandboxes, prepare } from '../stages/prepare.ts';
import { findUser, registryUser } from '../stages/system-user.ts';

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
  using claims = claim(settings, sandboxes ? settings : undefined);
  const config = await prepare({ root, settings, host, report, noInstall: flags.has('--no-install') });
  if (config.registry.mode === 'on') await freeLearnersStore(config, report);
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());

  const configFile = join(config.run, 'config.json');
  const writeConfig = (resolved: Config) => writeFileSync(configFile, `${JSON.stringify(resolved, null, 2)}\n`);
  writeConfig(config);
  const account = sandboxes ? findUser(config.user)! : undefined;
  const accessCode = config.access === 'code' ? ensureAccessCode(config.paths.accessCode, account) : undefined;
  await runServer({
    config,
    commands: {
      ...commandsFor(config, configFile, account),
      ...(config.registry.mode === 'on' && {
        registries: registryProcesses(config, findUser(registryUser(config.user))!),
      }),
    },
    env: environment(process.env),
    report,
    signal: ending.signal,
    onReady: (port) => {
      const urls = withPort(config.urls, port);
      claims.tell(urls);
      // A gateway that is started again must be found where the first one was.
      writeConfig({ ...config, port, urls });
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

/** What sandboxes that are gone had pushed. Before the registry runs: a push that is under way would lose what it has sent. */
async function freeLearnersStore(place: Config, report: Report): Promise<void> {
  const store = storeIn(place, 'mine');
  const before = storeSize(store);
  if (before === 0) return;
  await report.stage('Learners’ images', async ({ result }) => {
    await collectGarbage(place, findUser(registryUser(place.user))!, 'mine');
    const freed = before - storeSize(store);
    result(freed > 0 ? `${sizeText(freed)} freed` : `${sizeText(before)}, all in use`);
  });
}

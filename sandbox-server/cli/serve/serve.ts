/** Serves what was prepared until a signal ends it: what `start` and `dev` have in common. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Config, withPort } from '../../config.ts';
import { storeSize } from '../../registry/store.ts';
import { sizeText } from '../doctor/probe.ts';
import type { Report } from '../plain/report.mjs';
import { findUser, registryUser } from '../stages/system-user.ts';
import { ensureAccessCode } from './access-code.ts';
import { banner } from './banner.ts';
import type { Tell } from './child.ts';
import type { Claims } from './claims.ts';
import { commandsFor } from './commands.ts';
import { collectGarbage, registryProcesses, storeIn } from './registry.ts';
import { runServer } from './server.ts';

export interface ServeOptions {
  config: Config;
  claims: Claims;
  report: Report;
  /** Ends the server: `signalled`. */
  signal: AbortSignal;
  onGateway?: (tell: Tell) => void;
}

/** Aborted by Ctrl-C and the other signals that end a server. */
export function signalled(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  return ending.signal;
}

export async function serve({ config, claims, report, signal, onGateway }: ServeOptions): Promise<void> {
  const sandboxes = config.sandboxes.mode === 'on';
  if (config.registry.mode === 'on') await freeLearnersStore(config, report);
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
    signal,
    ...(onGateway && { onGateway }),
    onReady: (port) => {
      const urls = withPort(config.urls, port);
      claims.tell(urls);
      // A gateway that is started again must be found where the first one was.
      writeConfig({ ...config, port, urls });
      report.note(banner({ urls, accessCode, sandboxes, logs: join(config.data, 'log') }, report.paint));
    },
  });
  report.note('Ended.');
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

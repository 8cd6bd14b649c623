/**
 * The supervisor: the only part of the server that runs as root. It has no network, parses nothing that a browser sent,
 * and knows nothing of learners or lessons. `start` runs it: `main.ts CONFIG [NETWORK]`, with an IPC channel to tell it is
 * ready. NETWORK is the path of the host's network namespace, for sandboxes that may reach the internet.
 */
import { mkdir } from 'node:fs/promises';
import { Cgroups } from './cgroups.ts';
import { GroupWatch } from './group-watch.ts';
import { openSupervisor } from './open.ts';
import { readConfig } from '../../../config.ts';
import { serveSupervisor } from './server.ts';
import { RuntimeMissing } from './runtime.ts';
import { handedSocket, tellReady } from '../../../service-manager.ts';
import { createLog } from '../../../log.ts';

async function main(path: string, hostNetwork: string | undefined): Promise<void> {
  const config = readConfig(path);
  const log = createLog('supervisor', config.logLevel);
  try {
    await mkdir(config.run, { recursive: true, mode: 0o755 });
    const supervisor = await openSupervisor(config, log, undefined, hostNetwork);
    await supervisor.sandboxes.reconcile();
    const watch = new GroupWatch({ ...supervisor, cgroups: new Cgroups(supervisor.cgroupParent), log });
    const server = await serveSupervisor(
      config.paths.supervisorSocket,
      supervisor.gatewayGroup,
      supervisor.sandboxes,
      log,
      handedSocket(),
    );
    let ending = false;
    const end = async () => {
      if (ending) return;
      ending = true;
      // What is under way is finished: sandboxes live on, and the next supervisor finds them whole.
      watch[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      process.exit(0);
    };
    process.once('SIGTERM', () => void end());
    process.once('SIGINT', () => void end());
    process.once('disconnect', () => void end());
    process.send?.({ type: 'ready', runtime: supervisor.runtime.path });
    tellReady();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    log.fatal({ err: error }, 'the supervisor cannot start');
    const mend =
      error instanceof RuntimeMissing
        ? 'Run `npm run doctor`: it says what this host lacks for containers.'
        : 'Run `npm run doctor`, and see the log.';
    if (process.send) process.send({ type: 'failed', code: 'supervisor', text, mend }, () => process.exit(1));
    else process.exit(1);
  }
}

if (import.meta.main) {
  const [, , path, hostNetwork] = process.argv;
  if (!path) throw new Error('the supervisor is run by `slipway start`: main.ts CONFIG [NETWORK]');
  await main(path, hostNetwork);
}

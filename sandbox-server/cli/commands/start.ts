import type { Command, CommandContext } from '../command.ts';
import { claim } from '../serve/claims.ts';
import { serve, signalled } from '../serve/serve.ts';
import { canRunSandboxes, prepare, tellTerminalsOff } from '../stages/prepare.ts';

export const command: Command = {
  name: 'start',
  summary: 'Does all the set-up that is still to do, then serves until Ctrl-C.',
  flags: { '--no-install': 'Install nothing: say what is missing, and end with 1 if something is.' },
  run: start,
};

async function start({ root, settings, host, report, flags }: CommandContext): Promise<number> {
  tellTerminalsOff(host, report);
  using claims = claim(settings, canRunSandboxes(host) ? settings : undefined);
  const config = await prepare({ root, settings, host, report, noInstall: flags.has('--no-install') });
  await serve({ config, claims, report, signal: signalled() });
  return 0;
}

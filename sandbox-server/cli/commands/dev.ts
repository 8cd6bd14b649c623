import { join } from 'node:path';

import type { Command, CommandContext } from '../command.ts';
import { AuthorsDesk } from '../desk/authors-desk.ts';
import { claim } from '../serve/claims.ts';
import { serve, signalled } from '../serve/serve.ts';
import { canRunSandboxes, prepare, tellTerminalsOff } from '../stages/prepare.ts';

export const command: Command = {
  name: 'dev',
  summary: 'Serves as start does, to one who writes: what is saved in the lessons shows at once.',
  flags: { '--no-install': 'Install nothing: say what is missing, and end with 1 if something is.' },
  run: dev,
};

async function dev({ root, settings, host, report, flags }: CommandContext): Promise<number> {
  tellTerminalsOff(host, report);
  using claims = claim(settings, canRunSandboxes(host) ? settings : undefined);
  const folder = join(settings.data, 'desk');
  const config = await prepare({ root, settings, host, report, noInstall: flags.has('--no-install'), desk: folder });
  const signal = signalled();
  await using desk = new AuthorsDesk({ root, settings, config, folder, report, signal });
  if (!(await desk.open())) return 0;
  await serve({ config, claims, report, signal, onGateway: (tell) => desk.tellGateway(tell) });
  return 0;
}

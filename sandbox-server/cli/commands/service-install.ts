/** Has systemd run the server. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Command, CommandContext } from '../command.ts';
import { Failure } from '../plain/report.mjs';
import { ENABLED_UNITS, refuseWithoutSystemd, systemctl, UNIT_FOLDER, unitsFor } from '../serve/units.ts';
import { prepareService } from './prepare.ts';

export const command: Command = {
  name: 'service install',
  summary: 'Has systemd run the server, also after a boot. Again after an upgrade: no shell ends.',
  flags: { '--no-install': 'Install no Debian package: say what is missing, and end with 1 if something is.' },
  run: install,
};

async function install(context: CommandContext): Promise<number> {
  const { root, settings, report, flags } = context;
  refuseWithoutSystemd(context.host);
  if (settings.port === 0) {
    throw new Failure({
      what: 'A service needs a port of its own, and --port is 0.',
      mend: 'Give it one, such as --port 8080.',
    });
  }
  await prepareService(context, flags.has('--no-install'));
  const units = unitsFor({ root, settings, given: context.given });
  await report.stage('Units', async ({ result }) => {
    for (const [name, text] of units) writeFileSync(join(UNIT_FOLDER, name), text, { mode: 0o644 });
    await systemctl('daemon-reload');
    await systemctl('enable', '--quiet', ...ENABLED_UNITS);
    await systemctl('start', 'slipway-supervisor.socket', 'slipway.socket');
    // New programs from here on: who connects meanwhile waits, and sandboxes go on.
    await systemctl('restart', 'slipway-supervisor.service');
    for (const name of ['shared', 'mine']) {
      if (existsSync(join(settings.run, `registry-${name}.yaml`)))
        await systemctl('restart', `slipway-registry@${name}.service`);
    }
    await systemctl('restart', 'slipway.service');
    result(`run, ${settings.url.join(', ')}`);
  });
  return 0;
}

/** Takes systemd's units away. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Command, CommandContext } from '../command.ts';
import { ALL_UNITS, ENABLED_UNITS, refuseWithoutSystemd, systemctl, UNIT_FOLDER, unitsFor } from '../serve/units.ts';

export const command: Command = {
  name: 'service uninstall',
  summary: 'Takes the units away. Data, images and users stay: `clean` removes those.',
  flags: {},
  run: uninstall,
};

async function uninstall(context: CommandContext): Promise<number> {
  refuseWithoutSystemd(context.host);
  const { root, settings, report } = context;
  const names = [...unitsFor({ root, settings, given: [] }).keys()].filter((name) =>
    existsSync(join(UNIT_FOLDER, name)),
  );
  if (names.length === 0) {
    report.note('There are no units of Slipway.');
    return 0;
  }
  await report.stage('Units', async ({ result }) => {
    await systemctl('disable', '--quiet', ...ENABLED_UNITS);
    await systemctl('stop', ...ALL_UNITS);
    for (const name of names) rmSync(join(UNIT_FOLDER, name));
    await systemctl('daemon-reload');
    result('removed');
  });
  report.note(`What is in ${settings.data} stays, and sandboxes that run go on; \`slipway clean\` removes them.`);
  return 0;
}

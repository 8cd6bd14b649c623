import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Command } from '../command.ts';
import { claim } from '../serve/claims.ts';
import { canRunSandboxes, prepare } from '../stages/prepare.ts';

export const command: Command = {
  name: 'prepare',
  summary: 'Does all the set-up that a start does, and serves nothing.',
  flags: {
    '--no-install': 'Install nothing: say what is missing, and end with 1 if something is.',
    '--tests': 'Set up what the tests need besides.',
  },
  async run({ root, settings, host, report, flags }) {
    // A server that runs must not lose the program copy that it runs from.
    using _claims = claim(settings, canRunSandboxes(host) ? settings : undefined);
    const noInstall = flags.has('--no-install');
    const config = await prepare({ root, settings, host, report, noInstall, tests: flags.has('--tests') });
    const configFile = join(config.run, 'config.json');
    writeFileSync(configFile, `${JSON.stringify(config, null, 2)}\n`);
    process.stdout.write(`${configFile}\n`);
    return 0;
  },
};

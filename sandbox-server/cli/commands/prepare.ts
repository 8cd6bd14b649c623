import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Command, CommandContext } from '../command.ts';
import { ensureAccessCode } from '../serve/access-code.ts';
import { claim } from '../serve/claims.ts';
import { nodeOf } from '../serve/commands.ts';
import { registryProcesses } from '../serve/registry.ts';
import { canRunSandboxes, prepare } from '../stages/prepare.ts';
import { findUser, registryUser } from '../stages/system-user.ts';

export const command: Command = {
  name: 'prepare',
  summary: 'Does all the set-up that a start does, and serves nothing.',
  flags: {
    '--no-install': 'Install nothing: say what is missing, and end with 1 if something is.',
    '--tests': 'Set up what the tests need besides.',
    '--service': 'For systemd’s units: beside a server that runs, which the next restart replaces.',
  },
  async run(context) {
    const { root, settings, host, report, flags } = context;
    if (flags.has('--service')) {
      process.stdout.write(`${await prepareService(context, flags.has('--no-install'))}\n`);
      return 0;
    }
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

/**
 * Sets up what the units run from, and returns the configuration's path. The server that runs meanwhile keeps its images and
 * its copy of the program.
 */
export async function prepareService(
  { root, settings, host, report }: CommandContext,
  noInstall: boolean,
): Promise<string> {
  const config = await prepare({ root, settings, host, report, noInstall, keepImages: () => true });
  const { run, paths, user } = config;
  if (config.registry.mode === 'on') registryProcesses(config, findUser(registryUser(user))!);
  if (config.access === 'code') ensureAccessCode(paths.accessCode, findUser(user));
  link(nodeOf(paths.program), join(run, 'node'));
  link(paths.program, join(run, 'program'));
  const configFile = join(run, 'config.json');
  writeFileSync(`${configFile}.new`, `${JSON.stringify(config, null, 2)}\n`);
  renameSync(`${configFile}.new`, configFile);
  return configFile;
}

/** In one step: a unit that is started meanwhile finds the old one or the new one. */
function link(target: string, path: string): void {
  rmSync(`${path}.new`, { force: true });
  symlinkSync(target, `${path}.new`);
  renameSync(`${path}.new`, path);
}

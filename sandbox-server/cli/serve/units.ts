/** The server as systemd's units: what `slipway service` puts where, from deploy/systemd/. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { HostFacts } from '../../config/settings.ts';
import type { Settings } from '../../config.ts';
import { Failure } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import { canRunSandboxes } from '../stages/prepare.ts';
import { registryUser } from '../stages/system-user.ts';

export const UNIT_FOLDER = '/etc/systemd/system';

/** What a boot starts; the rest is wanted by these. */
export const ENABLED_UNITS = ['slipway.socket', 'slipway-supervisor.socket', 'slipway.service'] as const;

/** In the order in which they are stopped. */
export const ALL_UNITS = [
  'slipway.socket',
  'slipway.service',
  'slipway-supervisor.socket',
  'slipway-supervisor.service',
  'slipway-registry@shared.service',
  'slipway-registry@mine.service',
  'slipway-prepare.service',
] as const;

export interface UnitOptions {
  root: string;
  settings: Settings;
  /** Arguments that settings were given by, for the set-up at each boot. */
  given: readonly string[];
}

/** Text of every unit by its file's name. */
export function unitsFor({ root, settings, given }: UnitOptions): Map<string, string> {
  const { host, port, data, run, user } = settings;
  const values: Record<string, string> = {
    ROOT: root,
    NODE: process.execPath,
    DATA: data,
    RUN: run,
    USER: user,
    REGISTRY_USER: registryUser(user),
    LISTEN: `${isIPv6(host) ? `[${host}]` : host === 'localhost' ? '127.0.0.1' : host}:${port}`,
    SETTINGS: given.map(quoted).join(' '),
  };
  const folder = join(root, 'deploy', 'systemd');
  return new Map(
    readdirSync(folder)
      .filter((name) => /\.(service|socket)$/.test(name))
      .map((name) => [
        name,
        readFileSync(join(folder, name), 'utf8').replace(/@([A-Z_]+)@/g, (_, key: string) => values[key]!),
      ]),
  );
}

/** As systemd reads a word of a command line: `%` and `$` mean something to it. */
function quoted(word: string): string {
  return `"${word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}

export function refuseWithoutSystemd(host: HostFacts): void {
  if (canRunSandboxes(host) && existsSync('/run/systemd/system')) return;
  throw new Failure({
    what: canRunSandboxes(host) ? 'This machine was not started by systemd.' : 'Units are installed as root, on Linux.',
    mend: 'Run `npm start` under whatever keeps programs running here.',
  });
}

export function systemctl(...args: string[]): Promise<void> {
  return runTool('systemctl', args, {
    failed: `systemctl ${args[0]} failed.`,
    mend: 'See what it says above, and `journalctl -u slipway -u slipway-supervisor -u slipway-prepare`.',
  });
}

/** What tests run on: folders, control group and host ids of their own, beside those of a server that serves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { resolveSettings } from '../../config.ts';
import type { CommandContext } from '../command.ts';
import { canRunSandboxes, prepare } from '../stages/prepare.ts';

/** Below the default range of ids, and as large. */
const TEST_IDS = ['--id-base', '1610612736', '--id-count', '268435456'];

/** The environment of a test run: SLIPWAY_TEST_CONFIG names the resolved configuration. */
export async function prepareForTests({ root, host, report }: Pick<CommandContext, 'root' | 'host' | 'report'>) {
  const places = canRunSandboxes(host)
    ? ['--data', '/var/lib/slipway-test', '--run', '/run/slipway-test']
    : ['--data', join(host.userData, 'test'), '--run', join(host.userRun, 'test')];
  const argv = [...places, ...TEST_IDS, '--port', '0', '--cgroup', 'slipway-test'];
  const settings = resolveSettings({ argv, env: {}, readFile: () => '' }, host);
  const config = await prepare({ root, settings, host, report, noInstall: false, tests: true });
  const path = join(config.run, 'config.json');
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`);
  return { ...process.env, SLIPWAY_TEST_CONFIG: path };
}

/**
 * Runs test projects inside the VM, where nothing is prepared but Debian, the checkout and the images that came along:
 * `node test/vm/suite.ts [VITEST ARGUMENT...]`. Without arguments: the contract suite.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHostFacts } from '../../sandbox-server/cli/host-facts.ts';
import { composeConfig, resolveSettings } from '../../sandbox-server/config.ts';
import type { BuiltImage } from '../../sandbox-server/sandbox/images/shelf.ts';
import { findUser, makeUser } from '../../sandbox-server/cli/stages/system-user.ts';

const root = join(import.meta.dirname, '..', '..');
const settings = resolveSettings({ argv: ['--port', '0'], env: {}, readFile: () => '' }, readHostFacts(process.env));
const shelf = join(settings.data, 'supervisor', 'images');
const images = Object.fromEntries(
  readdirSync(shelf)
    .filter((name) => !name.startsWith('.'))
    .map((id) => {
      const built = JSON.parse(readFileSync(join(shelf, id, 'image.json'), 'utf8')) as BuiltImage;
      return [built.name, { id, profile: built.profile }];
    }),
);
if (!findUser(settings.user)) await makeUser(settings.user);
const config = composeConfig(settings, { sandboxes: { mode: 'on' }, registry: 'off', program: root, images });
mkdirSync(config.run, { recursive: true, mode: 0o755 });
const path = join(config.run, 'config.json');
writeFileSync(path, JSON.stringify(config));

const asked = process.argv.slice(2);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', ...(asked.length > 0 ? asked : ['--project', 'contract'])],
  {
    cwd: root,
    // Emulated processors are that much slower, or more.
    env: { ...process.env, SLIPWAY_TEST_CONFIG: path, TEST_PATIENCE: '5' },
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);

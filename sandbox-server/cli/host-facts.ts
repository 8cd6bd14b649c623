/** What the defaults of settings depend on, read from this machine. */
import { homedir, networkInterfaces, totalmem } from 'node:os';
import { join } from 'node:path';

import type { HostFacts } from '../config/settings.ts';

export function readHostFacts(env: NodeJS.ProcessEnv): HostFacts {
  const userData = join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'slipway');
  return {
    linux: process.platform === 'linux',
    root: process.getuid?.() === 0,
    memoryBytes: totalmem(),
    addresses: Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address),
    cwd: process.cwd(),
    userData,
    userRun: env['XDG_RUNTIME_DIR'] ? join(env['XDG_RUNTIME_DIR'], 'slipway') : join(userData, 'run'),
    lessons: join(import.meta.dirname, '../../lessons'),
  };
}

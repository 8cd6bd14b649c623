/** Debian's docker-registry on a Unix socket in a folder of the test's own. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { askRegistry } from '../../sandbox-server/registry/ask-registry.ts';

/** Starts a registry; resolves to the path of its socket when it answers. It ends with the test. */
export async function startRegistry(folder: string, name: string): Promise<string> {
  const socket = join(folder, `${name}.sock`);
  const config = join(folder, `${name}.yml`);
  writeFileSync(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, name) }, delete: { enabled: true } },
      http: { net: 'unix', addr: socket, secret: name },
    }),
  );
  const registry = spawn('/usr/bin/docker-registry', ['serve', config], { stdio: 'ignore' });
  onTestFinished(() => void registry.kill('SIGKILL'));
  for (;;) {
    if (registry.exitCode !== null) throw new Error(`docker-registry ended with ${registry.exitCode}`);
    if (existsSync(socket) && (await askRegistry(socket, 'GET', '/v2/').catch(() => undefined))) return socket;
    await sleep(20);
  }
}

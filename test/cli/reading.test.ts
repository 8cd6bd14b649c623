import { chownSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { projectNode } from '../../sandbox-server/cli/plain/packages.mjs';
import { testConfig } from '../support/config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { Slipway } from './slipway.ts';

/** Nobody, on every Debian. */
const NOBODY = 65534;

test('without root the lessons can be read, and the server says why there are no terminals', async () => {
  const home = temporaryFolder();
  chownSync(home, NOBODY, NOBODY);
  chmodSync(home, 0o755);
  // The copy can be read by everybody; the clone may lie in a closed home.
  const { program } = testConfig().paths;
  const nobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];
  const command = [...nobody, projectNode(program), join(program, 'sandbox-server/cli/main.ts')];
  const server = new Slipway(['start', '--port', '0'], { command, env: { HOME: home } });
  try {
    const url = await server.prints(/http:\/\/127\.0\.0\.1:\d+\//);
    expect(server.output).toContain('Terminals are off: sandboxes need root.');
    expect((await fetch(url)).status).toBe(200);
    const headers = { 'content-type': 'application/json', origin: new URL(url).origin };
    const session = await fetch(`${url}api/session`, { method: 'POST', headers, body: '{}' });
    expect(await session.json()).toMatchObject({ sandboxes: { available: false, code: 'sandboxes-off' } });
  } finally {
    server.child.kill('SIGTERM');
    await server.ended;
  }
  expect((await server.ended).status).toBe(0);
});

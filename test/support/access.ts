/** A whole server that asks for an access code. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chmodSync } from 'node:fs';
import type { Overrides } from './config.ts';
import { TestServer } from './server.ts';

/** `overrides`: of its configuration besides. */
export async function serverWithCode(code: string, overrides: Overrides = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  chmodSync(folder, 0o755); // the gateway's user reads it
  const accessCode = join(folder, 'access-code');
  writeFileSync(accessCode, `${code}\n`, { mode: 0o644 });
  return TestServer.start({ access: 'code', ...overrides, paths: { ...overrides.paths, accessCode } });
}

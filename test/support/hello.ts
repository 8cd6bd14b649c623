/** A small static Go executable, built here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goEnvironment } from '../../sandbox-server/cli/stages/native-program.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export const HELLO = 'hello from a static executable\n';

export function buildHello(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-hello-'));
  try {
    const program = join(folder, 'hello');
    const env = { ...goEnvironment(ROOT), CGO_ENABLED: '0' };
    execFileSync('go', ['build', '-trimpath', '-o', program, '.'], { cwd: join(ROOT, 'test/fixtures/hello'), env });
    return readFileSync(program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** stress-ng of the host (a Debian package that `npm run bench` installs), with its libraries, as it runs in a sandbox. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runInSandbox } from '../../../sandbox-server/sandbox/init/ask.ts';
import type { OciDriver } from '../../../sandbox-server/sandbox/oci/driver.ts';

const PROGRAM = '/usr/bin/stress-ng';
const FOLDER = '/tmp/stress-ng';
/** Runs it on its own libraries: the image has none of them, and perhaps another C library. */
const WRAPPER = `#!/bin/sh
exec ${FOLDER}/ld.so --library-path ${FOLDER} ${FOLDER}/stress-ng.bin --temp-path "$HOME" "$@"
`;

/** How bombs call it. */
export const STRESS_NG = `${FOLDER}/stress-ng`;

/** A tar archive of it all. */
export function packStressNg(): Buffer {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-stress-ng-'));
  try {
    copyFileSync(PROGRAM, join(dir, 'stress-ng.bin'));
    writeFileSync(join(dir, 'stress-ng'), WRAPPER, { mode: 0o755 });
    const listed = execFileSync('ldd', [PROGRAM], { encoding: 'utf8' });
    for (const [path] of listed.matchAll(/\/\S+/g)) {
      copyFileSync(path, join(dir, /\/ld-linux/.test(path) ? 'ld.so' : basename(path)));
    }
    return execFileSync('tar', ['-C', dir, '-c', '.'], { maxBuffer: 256 << 20 });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export async function putStressNg(driver: OciDriver, id: string, archive: Buffer): Promise<void> {
  const argv = ['sh', '-c', `mkdir -p ${FOLDER} && tar -C ${FOLDER} -x`];
  const { status, stderr } = await runInSandbox(await driver.connect(id), { op: 'exec', argv }, archive);
  if (status !== 0) throw new Error(`stress-ng could not be put into the sandbox: ${stderr.toString('utf8')}`);
}

/** A file system of its own that a test fills, and empties again. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  private readonly image: string;

  /** An ext4 file system of so many MiB, on a loop device as on a disk. */
  constructor(mebibytes: number) {
    this.image = `${this.path}.ext4`;
    writeFileSync(this.image, '');
    execFileSync('truncate', ['-s', `${mebibytes}M`, this.image]);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', this.image]);
    execFileSync('mount', ['-o', 'loop', this.image, this.path]);
    execFileSync('chmod', ['755', this.path]);
  }

  /** Not a byte is left. */
  fill(): void {
    for (const size of ['64K', '1K']) {
      try {
        execFileSync('dd', ['if=/dev/zero', `of=${join(this.path, `filler-${size}`)}`, `bs=${size}`], {
          stdio: 'ignore',
        });
      } catch {
        // Full: that is what it is for.
      }
    }
    execFileSync('sync', ['-f', this.path]);
  }

  empty(): void {
    for (const size of ['64K', '1K']) rmSync(join(this.path, `filler-${size}`), { force: true });
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true });
    rmSync(this.image);
  }
}

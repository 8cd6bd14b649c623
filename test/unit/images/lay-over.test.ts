import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { layOver } from '../../../sandbox-server/sandbox/images/lay-over.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('laying files over a root file system', () => {
  function roots() {
    const [source, rootfs] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(source, 'etc'));
    writeFileSync(join(source, 'etc/motd'), 'new', { mode: 0o600 });
    return { source, rootfs };
  }

  test('replaces files, with modes of its own', () => {
    const { source, rootfs } = roots();
    mkdirSync(join(rootfs, 'etc'));
    writeFileSync(join(rootfs, 'etc/motd'), 'old');
    layOver(source, rootfs, '', {});
    expect(readFileSync(join(rootfs, 'etc/motd'), 'utf8')).toBe('new');
    expect(lstatSync(join(rootfs, 'etc/motd')).mode & 0o777).toBe(0o644);
  });

  test('never writes through a link of the image', () => {
    const { source, rootfs } = roots();
    const outside = temporaryFolder();
    symlinkSync(outside, join(rootfs, 'etc'));
    expect(() => layOver(source, rootfs, '', {})).toThrow('/etc, which is a link');
    expect(existsSync(join(outside, 'motd'))).toBe(false);
  });

  test('replaces a link by a file, not what it points to', () => {
    const { source, rootfs } = roots();
    const target = join(temporaryFolder(), 'target');
    writeFileSync(target, 'the host’s');
    mkdirSync(join(rootfs, 'etc'));
    symlinkSync(target, join(rootfs, 'etc/motd'));
    layOver(source, rootfs, '', {});
    expect(readFileSync(target, 'utf8')).toBe('the host’s');
    expect(readFileSync(join(rootfs, 'etc/motd'), 'utf8')).toBe('new');
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { DEBIAN_PACKAGES, describeMissing, isEnough } from '../../../sandbox-server/cli/plain/debian-packages.mjs';
import { packagesAreCurrent } from '../../../sandbox-server/cli/plain/packages.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('npm packages', () => {
  const LOCKED = {
    '': { name: 'root' },
    'node_modules/zod': { version: '4.0.0' },
    'node_modules/binding-here': { version: '1.0.0', optional: true, os: [process.platform] },
    'node_modules/binding-elsewhere': { version: '1.0.0', optional: true, os: ['plan9'] },
    'node_modules/stand-in': { version: '1.0.0', optional: true },
  };
  const { 'node_modules/zod': zod, 'node_modules/binding-here': binding } = LOCKED;

  function clone(installed: object | undefined): string {
    const root = temporaryFolder();
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: LOCKED }));
    if (installed)
      writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
    return root;
  }

  test.each([
    ['as locked', { 'node_modules/zod': zod, 'node_modules/binding-here': binding }, true],
    ['of another version', { 'node_modules/zod': { version: '3.0.0' }, 'node_modules/binding-here': binding }, false],
    ['without this platform’s own', { 'node_modules/zod': zod }, false],
    ['half-installed', undefined, false],
  ])('%s are told as such', (_, installed, current) => {
    expect(packagesAreCurrent(clone(installed))).toBe(current);
  });
});

describe('Debian packages', () => {
  const named = (...names: string[]) => DEBIAN_PACKAGES.filter(({ name }) => names.includes(name));

  test.each([
    [[], true],
    [['runc'], true],
    [['crun'], true],
    [['crun', 'runc'], false],
    [['golang-go'], false],
  ])('without %j a server can start: %s', (missing, enough) => {
    expect(isEnough(named(...missing))).toBe(enough);
  });

  test('that are missing are named with their reasons', () => {
    expect(describeMissing(named('e2fsprogs', 'crun')).split('\n')).toEqual([
      expect.stringMatching(/^ {4}crun +starts the containers/),
      expect.stringMatching(/^ {4}e2fsprogs +makes learners’ disks/),
    ]);
  });
});

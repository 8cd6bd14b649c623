import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Published } from '../../../site/desk/published.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HELLO = '<!DOCTYPE html><html lang="en"><p>Hello</p></html>';

let folder: string;
let site: string;
let published: Published;

beforeEach(() => {
  folder = temporaryFolder();
  site = join(folder, 'site');
  published = new Published(site);
});

const page = (path: string) => readFileSync(join(site, path), 'utf8');

function buildOf(files: Record<string, string>): string {
  const build = join(folder, `build-${readdirSync(folder).length}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(build, path)), { recursive: true });
    writeFileSync(join(build, path), text);
  }
  return build;
}

test('a page carries when it last changed, and is not written again while it reads the same', async () => {
  expect(await published.page('/a/', HELLO, 5)).toBe(true);
  expect(page('a/index.html')).toContain('<html data-desk="5" lang="en">');
  const { ino } = statSync(join(site, 'a/index.html'));
  expect(await published.page('/a/', HELLO, 6)).toBe(false);
  expect([page('a/index.html').includes('data-desk="5"'), statSync(join(site, 'a/index.html')).ino]).toEqual([
    true,
    ino,
  ]);
  expect(await published.page('/a/', HELLO.replace('Hello', 'Hi'), 7)).toBe(true);
  expect(page('a/index.html')).toContain('data-desk="7"');
});

test('a whole build tells the pages that differ, and takes pages away that it has not', async () => {
  const first = buildOf({ 'index.html': HELLO, '404.html': HELLO, 'old/index.html': HELLO, '_astro/a.js': '1' });
  expect((await published.take(first, 1)).sort()).toEqual(['/', '/404/', '/old/']);
  const second = buildOf({ 'index.html': HELLO, '404.html': `${HELLO} `, '_astro/b.js': '2' });
  expect(await published.take(second, 2)).toEqual(['/404/']);
  expect(readdirSync(join(site, 'old'))).toEqual([]);
  // A page that is open somewhere may still ask for it.
  expect(readdirSync(join(site, '_astro'))).toEqual(['a.js', 'b.js']);
});

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { beginImage, endImage, isBuilt, pruneImages } from '../../../sandbox-server/sandbox/images/shelf.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { course, imageOf } from './course.ts';

describe('the shelf', () => {
  function built(shelf: string, id: string) {
    beginImage(shelf, id);
    endImage(shelf, id, imageOf(course()).description, new Date(0));
  }

  test('has an image only when it is whole', () => {
    const shelf = temporaryFolder();
    const half = beginImage(shelf, 'a');
    writeFileSync(join(half, 'left-by-a-kill'), '');
    expect(isBuilt(shelf, 'a')).toBe(false);
    expect(existsSync(join(beginImage(shelf, 'a'), 'left-by-a-kill'))).toBe(false);
    endImage(shelf, 'a', imageOf(course()).description, new Date(0));
    expect(isBuilt(shelf, 'a')).toBe(true);
    expect(JSON.parse(readFileSync(join(shelf, 'a', 'image.json'), 'utf8'))).toMatchObject({
      id: 'a',
      user: { name: 'learner', id: 1000, home: '/home/learner' },
    });
  });

  test('keeps what a course or a disk needs, and nothing else', () => {
    const shelf = temporaryFolder();
    const sandboxes = temporaryFolder();
    for (const id of ['current', 'old', 'unused']) built(shelf, id);
    beginImage(shelf, 'killed');
    mkdirSync(join(sandboxes, 'x'));
    writeFileSync(join(sandboxes, 'x', 'meta.json'), JSON.stringify({ spec: { image: 'old' } }));
    expect(pruneImages(shelf, ['current'], sandboxes).toSorted()).toEqual(['.half-killed', 'unused']);
    expect(isBuilt(shelf, 'old')).toBe(true);
  });

  test('keeps all when it cannot be told what a disk needs', () => {
    const shelf = temporaryFolder();
    const sandboxes = temporaryFolder();
    built(shelf, 'old');
    mkdirSync(join(sandboxes, 'x'));
    writeFileSync(join(sandboxes, 'x', 'meta.json'), '{"spec"');
    expect(pruneImages(shelf, [], sandboxes)).toEqual([]);
  });
});

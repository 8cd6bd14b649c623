import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import {
  beginImage,
  endImage,
  isBuilt,
  removeReplaced,
  unusedImages,
} from '../../../sandbox-server/sandbox/images/shelf.ts';
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

  test('gives away what no course and no disk needs; a start, only what it has replaced', () => {
    const shelf = temporaryFolder();
    const sandboxes = temporaryFolder();
    for (const id of ['a-2', 'a-1', 'a-0', 'other-name-7']) built(shelf, id);
    beginImage(shelf, 'killed');
    mkdirSync(join(sandboxes, 'x'));
    writeFileSync(join(sandboxes, 'x', 'meta.json'), JSON.stringify({ spec: { image: 'a-1' } }));
    expect(unusedImages(shelf, ['a-2'], sandboxes).toSorted()).toEqual(['.half-killed', 'a-0', 'other-name-7']);
    expect(removeReplaced(shelf, ['a-2'], sandboxes).toSorted()).toEqual(['.half-killed', 'a-0']);
    for (const id of ['a-2', 'a-1', 'other-name-7']) expect(isBuilt(shelf, id)).toBe(true);
  });

  test('keeps all when it cannot be told what a disk needs', () => {
    const shelf = temporaryFolder();
    const sandboxes = temporaryFolder();
    built(shelf, 'old');
    mkdirSync(join(sandboxes, 'x'));
    writeFileSync(join(sandboxes, 'x', 'meta.json'), '{"spec"');
    expect(unusedImages(shelf, [], sandboxes)).toEqual([]);
  });
});

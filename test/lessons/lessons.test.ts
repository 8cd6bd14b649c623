/** The courses of this repository do what they say. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lessonTest } from '../support/lesson-test.ts';
import { PATIENCE } from '../support/patience.ts';

/** The course builds images in an engine, several times over. */
const COURSE_MS = 10 * 60_000 * PATIENCE;

const root = join(import.meta.dirname, '../..');

test.each(['lessons', 'test/fixtures/lessons'])(
  'every lesson in %s runs from top to bottom, and from the start of each task',
  { timeout: COURSE_MS },
  async (folder) => {
    const { status, output } = await lessonTest(join(root, folder)).ended;
    expect(output).toMatch(/lessons? passed {2}/);
    expect(status).toBe(0);
  },
);

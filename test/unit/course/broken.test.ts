import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';

import { inspect } from '../../../sandbox-server/cli/lessons/inspect.ts';
import { formatProblem } from '../../../site/course/problem.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Each folder is laid over `_sound`, and has one mistake; `told.txt` in it is what an author reads. */
const BROKEN = join(ROOT, 'test/fixtures/broken');
const SOUND = '_sound';
const TOLD = 'told.txt';

async function toldOf(fixture: string): Promise<string[]> {
  const cwd = temporaryFolder();
  const lessons = join(cwd, 'lessons');
  const options = { recursive: true, verbatimSymlinks: true, filter: (path: string) => !path.endsWith(TOLD) };
  for (const layer of [SOUND, fixture]) cpSync(join(BROKEN, layer), lessons, options);
  const { problems } = await inspect({ lessons, course: undefined, lesson: undefined }, ROOT, cwd);
  return problems.map(formatProblem);
}

test('the course that mistakes are laid over has none', async () => {
  expect(await toldOf(SOUND)).toEqual([]);
});

describe('a mistake is told once, with its place, what was expected and the mend', () => {
  it.each(readdirSync(BROKEN).filter((name) => name !== SOUND))('%s', async (fixture) => {
    const told = await toldOf(fixture);
    expect(told).toHaveLength(1);
    await expect(`${told.join('\n')}\n`).toMatchFileSnapshot(join(BROKEN, fixture, TOLD));
  });
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CommandContext } from '../../../../sandbox-server/cli/command.ts';
import { command } from '../../../../sandbox-server/cli/commands/lesson-test.ts';
import { selectLessons } from '../../../../sandbox-server/cli/lesson-test/select-lessons.ts';

const root = join(import.meta.dirname, '../../../..');
const LESSONS = join(root, 'test/fixtures/lessons');

function run(host: { linux: boolean; root: boolean }, options: Record<string, string> = {}, ...flags: string[]) {
  const given = { host, options: new Map(Object.entries(options)), flags: new Set(flags), args: [] };
  return command.run(given as unknown as CommandContext);
}

test('without root or Linux it says what takes neither', async () => {
  await expect(run({ linux: true, root: false })).rejects.toMatchObject({
    what: 'Lessons are tested in real sandboxes, which takes Linux and root.',
    mend: expect.stringContaining('sudo'),
  });
  await expect(run({ linux: false, root: false })).rejects.toMatchObject({
    mend: 'slipway lesson check needs neither.',
  });
});

test.each([
  [{ '--jobs': '0' }, '--jobs takes a whole number of at least 1, not "0".'],
  [{ '--repeat': 'often' }, '--repeat takes a whole number of at least 1, not "often".'],
])('%o is refused', async (options, words) => {
  await expect(run({ linux: true, root: true }, options)).rejects.toThrow(words);
});

test('outputs are not recorded from several runs at once', async () => {
  await expect(run({ linux: true, root: true }, { '--repeat': '2' }, '--record')).rejects.toThrow('exclude each other');
});

const selected = async (path?: string, cwd = root) =>
  (await selectLessons(path, LESSONS, cwd)).lessons.map(({ course, entry }) => `${course.id}/${entry.id}`);

test.each([
  [undefined, root, ['specimen/01-parts', 'specimen/02-more', 'specimen/03-tasks']],
  ['test/fixtures/lessons/specimen', root, ['specimen/01-parts', 'specimen/02-more', 'specimen/03-tasks']],
  ['test/fixtures/lessons/specimen/02-more', root, ['specimen/02-more']],
  ['test/fixtures/lessons/specimen/02-more/index.md', root, ['specimen/02-more']],
  ['.', join(LESSONS, 'specimen/02-more'), ['specimen/02-more']],
  ['specimen/02-more', root, ['specimen/02-more']],
])('the path %s, from %s, means lessons of a course', async (path, cwd, lessons) => {
  expect(await selected(path, cwd)).toEqual(lessons);
});

test.each([
  ['specimen/03-nothing', 'There is no specimen/03-nothing.'],
  ['test/unit', 'test/unit is neither a lesson nor a course nor a folder of courses'],
])('the path %s is refused', async (path, what) => {
  await expect(selected(path)).rejects.toThrow(what);
});

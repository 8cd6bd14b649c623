/** The README's first lesson is right, and its mistake is told in the words that the README shows. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { inspect } from '../../../sandbox-server/cli/lessons/inspect.ts';
import { formatProblem } from '../../../site/course/problem.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');
const IMAGE = 'lessons/containers-and-docker/image';

test('the first lesson of the README has no mistake, and one that is made in it is told as the README says', async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const files = [...readme.matchAll(/^cat > (?<path>lessons\/\S+) <<'END'\n(?<text>[^]*?)^END$/gm)];
  expect(files).toHaveLength(2);
  const cwd = temporaryFolder();
  cpSync(join(ROOT, IMAGE), join(cwd, IMAGE), { recursive: true });
  const told = async (mistake: (text: string) => string) => {
    mkdirSync(join(cwd, 'lessons/first-steps/01-hello'), { recursive: true });
    for (const { groups } of files) writeFileSync(join(cwd, groups!['path']!), mistake(groups!['text']!));
    const scope = { lessons: join(cwd, 'lessons'), course: 'first-steps', lesson: undefined };
    return (await inspect(scope, ROOT, cwd)).problems.map(formatProblem);
  };
  expect(await told((text) => text)).toEqual([]);
  const problems = await told((text) => text.replace('duration:', 'duratoin:'));
  expect(problems).not.toEqual([]);
  expect(readme).toContain(`With \`duratoin\` in place of \`duration\`:\n\n\`\`\`\n${problems.join('\n')}\n\`\`\`\n`);
});

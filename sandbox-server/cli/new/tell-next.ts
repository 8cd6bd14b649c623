/** What to do with what is new. */
import { relative } from 'node:path';

import type { CommandContext } from '../command.ts';

/** `address` is `course/lesson`; `folder` is what was made. */
export function tellNext({ settings, host, report }: CommandContext, address: string, folder: string): void {
  const below = relative(host.cwd, folder);
  const path = below.startsWith('..') ? folder : below;
  const lines = [
    `${path} is made. What to do next:`,
    '',
    `  npx slipway dev`,
    `      shows it at ${settings.url[0]}/courses/${address}/, and what you save at once`,
    `  npx slipway lesson check ${path}`,
    `      tells every mistake, without a sandbox`,
    `  npx slipway lesson test ${path}`,
    `      does what a learner does, in a fresh sandbox; as root`,
    '',
    'docs/format.md has all that a lesson can hold.',
  ];
  report.note(lines.join('\n'));
}

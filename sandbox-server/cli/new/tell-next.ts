/** What to do with what is new. */
import { relative } from 'node:path';

import type { CommandContext } from '../command.ts';

/** `address` is `course/lesson`; `folder` is what was made. */
export function tellNext({ settings, host, report }: CommandContext, address: string, folder: string): void {
  const seen = (place: string) => {
    const below = relative(host.cwd, place);
    return below.startsWith('..') ? place : below || '.';
  };
  const path = seen(folder);
  // Where nothing else is said, dev shows the courses of the program's own folder.
  const elsewhere = settings.lessons === host.lessons ? '' : ` --lessons ${seen(settings.lessons)}`;
  const lines = [
    `${path} is made. What to do next:`,
    '',
    `  npx slipway dev${elsewhere}`,
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

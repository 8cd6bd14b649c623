import { formatProblem } from '../../../site/course/problem.ts';
import type { Command } from '../command.ts';
import { inspect } from '../lessons/inspect.ts';
import { scopeOf } from '../lessons/scope.ts';

export const command: Command = {
  name: 'lesson check',
  summary: 'Tells every mistake in courses, without a sandbox: of a folder of courses, a course or a lesson.',
  takes: '[PATH]',
  flags: { '--json': 'Print the mistakes as a JSON list of { file, line, column, what, expected, mend }.' },
  async run({ root, settings, host, report, flags, args }) {
    const { lessons, problems } = await inspect(
      scopeOf(args[0], settings.lessons, host.cwd),
      root,
      host.cwd,
      settings.networks,
    );
    if (flags.has('--json')) {
      process.stdout.write(`${JSON.stringify(problems, null, 2)}\n`);
    } else {
      if (problems.length > 0) process.stdout.write(`${problems.map(formatProblem).join('\n\n')}\n`);
      report.note(summaryOf(lessons, problems.length));
    }
    return problems.length > 0 ? 1 : 0;
  },
};

function summaryOf(lessons: number, problems: number): string {
  const looked = lessons === 1 ? '1 lesson' : `${lessons} lessons`;
  if (problems === 0) return `${looked}, no mistakes.`;
  return `\n${looked}, ${problems === 1 ? '1 mistake' : `${problems} mistakes`}.`;
}

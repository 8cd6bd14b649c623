import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { ConfigProblem } from '../../config.ts';
import { TYPING_LIMITS } from '../../lessons/typist.ts';
import type { Command, CommandContext } from '../command.ts';
import { junitOf } from '../lesson-test/junit.ts';
import { Laboratory } from '../lesson-test/laboratory.ts';
import { prepareHost } from '../lesson-test/prepare-host.ts';
import { runTests } from '../lesson-test/run-tests.ts';
import { selectLessons } from '../lesson-test/select-lessons.ts';
import { keptText } from '../lesson-test/tell.ts';
import { Failure } from '../plain/report.mjs';
import { canRunSandboxes } from '../stages/prepare.ts';

export const command: Command = {
  name: 'lesson test',
  summary: 'Runs lessons in real sandboxes, as a learner who presses every button and does every task.',
  takes: '[PATH]',
  options: {
    '--jobs': { value: 'N', doc: 'How many lessons at once. As many as there are processors.' },
    '--repeat': { value: 'N', doc: 'Run each lesson N times, and tell which do not end the same each time.' },
    '--limit': { value: 'SECONDS', doc: `How long a command may take. ${TYPING_LIMITS.endMs / 1000}.` },
    '--junit': { value: 'FILE', doc: 'Write the outcome as JUnit XML too, for CI.' },
  },
  flags: {
    '--record': 'Write what commands print into the output blocks that show something else.',
    '--json': 'Print the outcome as JSON.',
    '--keep': 'Where a lesson fails, keep its sandbox until Ctrl-C, and say how to look into it.',
  },
  run: testLessons,
};

async function testLessons(context: CommandContext): Promise<number> {
  const { settings, host, report, flags, args, options } = context;
  const jobs = countOf(options, '--jobs', availableParallelism());
  const repeat = countOf(options, '--repeat', 1);
  const endMs = countOf(options, '--limit', TYPING_LIMITS.endMs / 1000) * 1000;
  if (flags.has('--record') && repeat > 1) throw new ConfigProblem('--record and --repeat exclude each other.');
  if (!canRunSandboxes(host)) {
    throw new Failure({
      what: 'Lessons are tested in real sandboxes, which takes Linux and root.',
      mend: host.linux
        ? 'Run it with sudo. Without sandboxes: slipway lesson check.'
        : 'slipway lesson check needs neither.',
    });
  }
  const { folder, lessons } = await selectLessons(args[0], settings.lessons, process.cwd());

  await using prepared = await prepareHost(context, [folder]);
  // From here on something would be left behind.
  const ending = new AbortController();
  const end = () => ending.abort(new Failure({ what: 'Ended.', mend: 'Nothing of the sandboxes is left.' }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  await using laboratory = await Laboratory.open(prepared.config);
  const { outcomes, kept } = await runTests(lessons, {
    laboratory,
    signal: ending.signal,
    limits: { ...TYPING_LIMITS, endMs },
    filesFolder: join(prepared.config.data, 'lesson-files'),
    jobs,
    repeat,
    record: flags.has('--record'),
    keep: flags.has('--keep'),
    print: flags.has('--json') ? report.note : (text) => void process.stdout.write(`${text}\n`),
    paint: report.paint,
  });
  const junit = options.get('--junit');
  if (junit !== undefined) writeFileSync(junit, junitOf(outcomes));
  if (flags.has('--json')) process.stdout.write(`${JSON.stringify({ lessons: outcomes }, null, 2)}\n`);
  if (kept.length > 0) {
    report.note(keptText(kept, laboratory.runtime));
    await once(ending.signal, 'abort');
  }
  return outcomes.every(({ ok }) => ok) ? 0 : 1;
}

function countOf(options: ReadonlyMap<string, string>, name: string, usual: number): number {
  const text = options.get(name) ?? String(usual);
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new ConfigProblem(`${name} takes a whole number of at least 1, not "${text}".`);
  return count;
}

/** Composition root of the command line: finds the subcommand, resolves the settings, shows failures without a stack. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ConfigProblem, resolveSettings } from '../config.ts';
import { readCommandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { readHostFacts } from './host-facts.ts';
import { createReport, Failure } from './plain/report.mjs';

/** Loaded when asked for: a start should not wait for what other commands need. */
const COMMANDS: Record<string, () => Promise<{ command: Command }>> = {
  start: () => import('./commands/start.ts'),
  dev: () => import('./commands/dev.ts'),
  doctor: () => import('./commands/doctor.ts'),
  ps: () => import('./commands/ps.ts'),
  stop: () => import('./commands/stop.ts'),
  logs: () => import('./commands/logs.ts'),
  top: () => import('./commands/top.ts'),
  clean: () => import('./commands/clean.ts'),
  backup: () => import('./commands/backup.ts'),
  restore: () => import('./commands/restore.ts'),
  'lesson check': () => import('./commands/lesson-check.ts'),
  'new course': () => import('./commands/new-course.ts'),
  'new lesson': () => import('./commands/new-lesson.ts'),
  'lesson test': () => import('./commands/lesson-test.ts'),
  'image build': () => import('./commands/image-build.ts'),
  'image list': () => import('./commands/image-list.ts'),
  'image pull': () => import('./commands/image-pull.ts'),
  'image prune': () => import('./commands/image-prune.ts'),
  'service install': () => import('./commands/service-install.ts'),
  'service uninstall': () => import('./commands/service-uninstall.ts'),
  prepare: () => import('./commands/prepare.ts'),
  test: () => import('./commands/test.ts'),
  fuzz: () => import('./commands/fuzz.ts'),
  check: () => import('./commands/check.ts'),
  bench: () => import('./commands/bench.ts'),
  docs: () => import('./commands/docs.ts'),
};

const root = join(dirname(import.meta.dirname), '..');
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const report = createReport();
  try {
    const name = Object.keys(COMMANDS).find((words) => `${argv.join(' ')} `.startsWith(`${words} `));
    if (!name) return await overview(argv, report.note);
    const { command } = await COMMANDS[name]!();
    const args = argv.slice(name.split(' ').length);
    if (args.includes('--help')) return await help(command);

    const { settings: ofSettings, ...given } = argumentsOf(command, args);
    const host = readHostFacts(process.env);
    const settings = resolveSettings(
      { argv: ofSettings, env: process.env, readFile: (path) => readFileSync(path, 'utf8') },
      host,
    );
    return await command.run({ root, settings, given: ofSettings, host, report, ...given });
  } catch (error) {
    if (error instanceof ConfigProblem) {
      report.failure({ what: error.message, mend: 'Change it and start again; --help lists every setting.' });
      return 2;
    }
    if (!(error instanceof Failure)) throw error;
    report.failure(error);
    return 1;
  }
}

function argumentsOf(command: Command, args: readonly string[]) {
  if (!command.passesTo) return { ...readCommandArguments(command, args), rest: [] };
  const flags = new Set(args.filter((arg) => Object.hasOwn(command.flags, arg)));
  const rest = args.filter((arg) => !flags.has(arg));
  return { flags, options: new Map<string, string>(), args: [], settings: [], rest };
}

async function help(command: Command): Promise<number> {
  const { commandHelp } = await import('./help.ts');
  process.stdout.write(commandHelp(command, process.stdout.columns));
  return 0;
}

async function overview(argv: string[], note: (text: string) => void): Promise<number> {
  const { overviewHelp } = await import('./help.ts');
  const commands = await Promise.all(Object.values(COMMANDS).map(async (load) => (await load()).command));
  const asked = argv.length === 0 || argv[0] === '--help';
  // Of a command of two words, both are named.
  const group = Object.keys(COMMANDS).some((words) => words.startsWith(`${argv[0]} `));
  const named = argv.slice(0, group ? 2 : 1).join(' ');
  if (!asked) note(`"${named}" is not a command of slipway.\n`);
  (asked ? process.stdout : process.stderr).write(overviewHelp(commands));
  return asked ? 0 : 2;
}

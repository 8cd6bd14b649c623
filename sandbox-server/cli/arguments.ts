/** Sorts what stands after a subcommand's name: its own flags and options, what it works on, and settings. */
import { parseArgs } from 'node:util';

import { ConfigProblem, nearest } from '../config/problem.ts';
import { SETTING_NAMES } from '../config/settings.ts';
import { argumentOf, CONFIG_ARGUMENT } from '../config/sources.ts';
import type { Command } from './command.ts';

export interface CommandArguments {
  flags: ReadonlySet<string>;
  options: ReadonlyMap<string, string>;
  args: readonly string[];
  /** What the settings are read from, as it was written. */
  settings: readonly string[];
}

type Taker = Pick<Command, 'name' | 'flags' | 'options' | 'takes'>;

/** Throws a `ConfigProblem` that says what is wrong and, where that can be guessed, what was meant. */
export function readCommandArguments(command: Taker, argv: readonly string[]): CommandArguments {
  const { flags, options = {}, takes } = command;
  const ofSettings = [...SETTING_NAMES.map(argumentOf), CONFIG_ARGUMENT];
  const known = [...Object.keys(flags), ...Object.keys(options), ...ofSettings, '--help'];
  const kindOf = (name: string) => ({ type: Object.hasOwn(flags, name) ? ('boolean' as const) : ('string' as const) });
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(known.map((name) => [name.slice(2), kindOf(name)])),
    strict: false,
    tokens: true,
  });

  const read = { flags: new Set<string>(), options: new Map<string, string>(), args: [] as string[] };
  const settings: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      read.args.push(token.value);
      continue;
    }
    const { rawName: name, value, inlineValue } = token;
    if (!known.includes(name)) throw unknown(command, name, known);
    if (Object.hasOwn(flags, name)) {
      if (value !== undefined) throw new ConfigProblem(`${name} takes no value.`);
      read.flags.add(name);
    } else if (Object.hasOwn(options, name)) {
      if (value === undefined || (!inlineValue && value.startsWith('--'))) {
        throw new ConfigProblem(`${name} needs a value: ${name} ${options[name]!.value}.`);
      }
      if (read.options.has(name)) throw new ConfigProblem(`${name} is given twice.`);
      read.options.set(name, value);
    } else {
      settings.push(...(inlineValue ? [`${name}=${value}`] : [name, ...(value === undefined ? [] : [value])]));
    }
  }
  const taken = placesOf(takes);
  const any = taken.at(-1)?.endsWith('...') ?? false;
  const [extra] = any ? [] : read.args.slice(taken.length);
  if (extra !== undefined) throw new ConfigProblem(`"${extra}" is not an argument of slipway ${command.name}.`);
  const missing = taken.slice(read.args.length).find((place) => !place.startsWith('['));
  if (missing !== undefined) throw new ConfigProblem(`slipway ${command.name} needs ${missing}.`);
  return { ...read, settings };
}

/** `COURSE/NAME [PATH]` → its words. */
const placesOf = (takes: string | undefined) => (takes === undefined ? [] : takes.split(' '));

function unknown({ name }: Taker, argument: string, known: readonly string[]): ConfigProblem {
  const meant = nearest(argument, known);
  const hint = meant ? ` Did you mean ${meant}?` : '';
  return new ConfigProblem(`${argument} is not a setting, nor a flag of slipway ${name}.${hint}`);
}

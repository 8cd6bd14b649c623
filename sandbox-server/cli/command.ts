/** What a subcommand is. */
import type { HostFacts } from '../config/settings.ts';
import type { Settings } from '../config.ts';
import type { Report } from './plain/report.mjs';

export interface Command {
  /** After `slipway`: `image build`. */
  name: string;
  /** What it does, one sentence. */
  summary: string;
  /** Its own flags and what they do. */
  flags: Record<string, string>;
  /** Its own options that have a value: what stands for that in --help, and what it is. `'--jobs': { value: 'N', … }`. */
  options?: Record<string, { value: string; doc: string }>;
  /**
   * What it works on, one word an argument, in brackets where it may be left out, and with dots at the end where there may
   * be any number of the last: `'[PATH]'`, `'COURSE/NAME'`, `'[ID]...'`. Without, an argument that is no flag, option or setting is a mistake.
   */
  takes?: string;
  /** Where arguments that are not known are not mistakes: they go to the tool of this name. */
  passesTo?: string;
  /** Returns the exit status. */
  run(context: CommandContext): Promise<number>;
}

export interface CommandContext {
  /** The repository. */
  root: string;
  settings: Settings;
  /** The arguments that settings were given by. */
  given: readonly string[];
  host: HostFacts;
  report: Report;
  flags: ReadonlySet<string>;
  /** Values of `options` that were given, by name: `'--jobs'`. */
  options: ReadonlyMap<string, string>;
  /** For `takes`, in order; none is missing that has no brackets, and there are not more than it says. */
  args: readonly string[];
  /** For `passesTo`. */
  rest: readonly string[];
}

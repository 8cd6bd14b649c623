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
  /** Where arguments that are not known are not mistakes: they go to the tool of this name. */
  passesTo?: string;
  /** Returns the exit status. */
  run(context: CommandContext): Promise<number>;
}

export interface CommandContext {
  /** The repository. */
  root: string;
  settings: Settings;
  host: HostFacts;
  report: Report;
  flags: ReadonlySet<string>;
  /** For `passesTo`. */
  rest: readonly string[];
}

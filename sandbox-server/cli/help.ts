/** What `--help` prints. */
import { settingsHelp } from '../config/help.ts';
import type { Command } from './command.ts';

export function commandHelp({ name, summary, flags, passesTo }: Command, columns = 100): string {
  const usage = `slipway ${name} [ARGUMENTS]`;
  const lines = [usage, '', summary, ''];
  if (passesTo) lines.push(`Arguments are handed to ${passesTo}.`, '');
  if (Object.keys(flags).length > 0)
    lines.push(...Object.entries(flags).map(([flag, what]) => `  ${flag.padEnd(14)} ${what}`), '');
  if (!passesTo) lines.push(settingsHelp(Math.min(columns, 120)));
  return `${lines.join('\n')}\n`;
}

export function overviewHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'slipway COMMAND [ARGUMENTS]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'slipway COMMAND --help tells more.',
    '',
  ].join('\n');
}

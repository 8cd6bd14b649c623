/** What `--help` prints. */
import { settingsHelp } from '../config/help.ts';
import type { Command } from './command.ts';

export function commandHelp({ name, summary, flags, options = {}, takes, passesTo }: Command, columns = 100): string {
  const usage = ['slipway', name, ...(takes ? [takes] : []), '[ARGUMENTS]'].join(' ');
  const lines = [usage, '', summary, ''];
  if (passesTo) lines.push(`Arguments are handed to ${passesTo}.`, '');
  const own = [
    ...Object.entries(options).map(([option, { value, doc }]) => [`${option} ${value}`, doc] as const),
    ...Object.entries(flags),
  ];
  if (own.length > 0) {
    const width = Math.max(14, ...own.map(([words]) => words.length));
    lines.push(...own.map(([words, what]) => `  ${words.padEnd(width)} ${what}`), '');
  }
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

/** The settings as `--help` shows them. */
import { GROUPS, SETTING_NAMES, SETTINGS } from './settings.ts';
import { argumentOf, CONFIG_ARGUMENT, variableOf } from './sources.ts';

const INDENT = '      ';

export function settingsHelp(columns: number): string {
  const groups = GROUPS.map((group) => {
    const names = SETTING_NAMES.filter((name) => SETTINGS[name].group === group);
    const entries = names.map((name) => {
      const { value, doc, allowed, fallback } = SETTINGS[name];
      const standard = typeof fallback === 'string' ? fallback : fallback.text;
      const text = `${doc} Allowed: ${allowed}. Default: ${standard}.`;
      return `  ${argumentOf(name)} ${value}\n${wrap(text, columns)}`;
    });
    return `${group}\n${entries.join('\n')}`;
  });
  const file = `  ${CONFIG_ARGUMENT} FILE\n${wrap('A file of settings, in YAML or JSON: "port: 8080".', columns)}`;
  const order = wrap(
    `An argument goes before the environment (${variableOf('port')} for ${argumentOf('port')}), the environment before the file. docs/configuration.md has it all in tables.`,
    columns,
  ).trimStart();
  return [...groups, `File\n${file}`, order].join('\n\n');
}

function wrap(text: string, columns: number): string {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > columns && line.trim()) {
      lines.push(line);
      line = INDENT;
    }
    line += line === INDENT ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}

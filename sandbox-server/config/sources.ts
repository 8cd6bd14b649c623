/** Reads arguments, environment and configuration file into the same shape: which setting, which text, from where. */
import { parseArgs } from 'node:util';
import { isScalar, isSeq, LineCounter, parseDocument, type Node, type ParsedNode } from 'yaml';

import { ConfigProblem, nearest } from './problem.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';

export interface Given {
  texts: string[];
  /** `--port`, `SLIPWAY_PORT`, `course.yaml:3: port`. */
  from: string;
}
export type GivenSettings = Partial<Record<SettingName, Given>>;

export const CONFIG_ARGUMENT = '--config';
export const CONFIG_VARIABLE = 'SLIPWAY_CONFIG';
/** The test runner's own variables; not settings. */
const TEST_PREFIX = 'SLIPWAY_TEST_';

export const argumentOf = (name: SettingName) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
export const variableOf = (name: SettingName) =>
  `SLIPWAY_${argumentOf(name).slice(2).replaceAll('-', '_').toUpperCase()}`;

const BY_ARGUMENT = new Map(SETTING_NAMES.map((name) => [argumentOf(name), name]));
const BY_VARIABLE = new Map(SETTING_NAMES.map((name) => [variableOf(name), name]));

export function readArguments(argv: readonly string[]): { given: GivenSettings; file: string | undefined } {
  const options = Object.fromEntries(
    [...BY_ARGUMENT.keys(), CONFIG_ARGUMENT].map((argument) => [argument.slice(2), { type: 'string' as const }]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const given: GivenSettings = {};
  let file: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new ConfigProblem(`"${token.value}" is not an argument of this command.`);
    const name = BY_ARGUMENT.get(token.rawName);
    if (!name && token.rawName !== CONFIG_ARGUMENT)
      throw unknown(token.rawName, [...BY_ARGUMENT.keys(), CONFIG_ARGUMENT]);
    // Without `=` the next argument is taken whatever it is: `--host --port 80` means a forgotten value.
    if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
      throw new ConfigProblem(`${token.rawName} needs a value${name ? `: ${SETTINGS[name].allowed}` : ''}.`);
    }
    if (!name) file = token.value;
    else if ('many' in SETTINGS[name]) (given[name] ??= { texts: [], from: token.rawName }).texts.push(token.value);
    else if (given[name]) throw new ConfigProblem(`${token.rawName} is given twice.`);
    else given[name] = { texts: [token.value], from: token.rawName };
  }
  return { given, file };
}

export function readEnvironment(env: Readonly<Record<string, string | undefined>>): {
  given: GivenSettings;
  file: string | undefined;
} {
  const given: GivenSettings = {};
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('SLIPWAY_') || variable.startsWith(TEST_PREFIX) || variable === CONFIG_VARIABLE || !text)
      continue;
    const name = BY_VARIABLE.get(variable);
    if (!name) throw unknown(variable, BY_VARIABLE.keys());
    given[name] = { texts: 'many' in SETTINGS[name] ? text.split(/[\s,]+/) : [text], from: variable };
  }
  return { given, file: env[CONFIG_VARIABLE] || undefined };
}

/** YAML, of which JSON is a part. Each value's origin names the line. */
export function readFileText(path: string, text: string): GivenSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number | undefined) => `${path}:${lines.linePos(offset ?? 0).line}`;
  const [error] = document.errors;
  if (error) throw new ConfigProblem(`${at(error.pos[0])}: not YAML: ${error.message.split('\n')[0]}`);
  if (document.contents === null) return {};
  if (!('items' in document.contents) || isSeq(document.contents)) {
    throw new ConfigProblem(`${at(0)}: expected lines such as "port: 8080".`);
  }
  const given: GivenSettings = {};
  for (const pair of document.contents.items as { key: ParsedNode; value: Node | null }[]) {
    const key = String(pair.key);
    const where = `${at(pair.key.range[0])}: ${key}`;
    if (!Object.hasOwn(SETTINGS, key)) throw unknown(where, SETTING_NAMES, key);
    given[key as SettingName] = { texts: textsOf(pair.value, where, key as SettingName), from: where };
  }
  return given;
}

function textsOf(value: Node | null, where: string, name: SettingName): string[] {
  const many = 'many' in SETTINGS[name];
  const items: unknown[] = many && isSeq(value) ? value.items : [value];
  return items.map((item) => {
    if (isScalar(item) && item.value !== null) return item.source ?? String(item.value);
    throw new ConfigProblem(
      `${where}: expected ${many ? 'a value or a list of values' : 'one value'}: ${SETTINGS[name].allowed}.`,
    );
  });
}

function unknown(where: string, known: Iterable<string>, word = where): ConfigProblem {
  const meant = nearest(word, known);
  return new ConfigProblem(`${where} is not a setting.${meant ? ` Did you mean ${meant}?` : ''}`);
}

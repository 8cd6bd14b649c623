/** Arguments, environment, file and defaults → one validated value for every setting. */
import { isIPv6 } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';

import { ConfigProblem } from './problem.ts';
import { isLoopback } from './defaults.ts';
import { type HostFacts, LONGEST_RUN, SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';
import { type Given, readArguments, readEnvironment, readFileText } from './sources.ts';

type Values = {
  [Name in SettingName]: (typeof SETTINGS)[Name] extends { many: true }
    ? z.infer<(typeof SETTINGS)[Name]['schema']>[]
    : z.infer<(typeof SETTINGS)[Name]['schema']>;
};
export type Settings = Readonly<Values>;

export interface Sources {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  readFile: (path: string) => string;
}

/** Rejects nothing silently: throws a `ConfigProblem` for the first value that cannot be used. */
export function resolveSettings({ argv, env, readFile }: Sources, host: HostFacts): Settings {
  const fromArguments = readArguments(argv);
  const fromEnvironment = readEnvironment(env);
  const file = fromArguments.file ?? fromEnvironment.file;
  const path = file === undefined ? undefined : resolve(host.cwd, file);
  const fromFile = path === undefined ? {} : readFileText(file!, readConfigFile(readFile, path));

  const values: Record<string, unknown> = {};
  for (const name of SETTING_NAMES) {
    const given = fromArguments.given[name] ?? fromEnvironment.given[name] ?? fromFile[name];
    const parsed = given ? parse(name, given) : fallback(name, host, values);
    values[name] = 'many' in SETTINGS[name] ? parsed : parsed[0];
  }
  const settings = values as Values;
  for (const name of ['data', 'lessons'] as const) {
    const inFile = fromFile[name] && !fromArguments.given[name] && !fromEnvironment.given[name];
    settings[name] = resolve(inFile ? dirname(path!) : host.cwd, settings[name]);
  }
  settings.run = resolve(host.cwd, settings.run);
  if (settings.url.length === 0) settings.url = origins(settings.host, settings.port, host);
  refuseContradictions(settings, host);
  return settings;
}

function readConfigFile(readFile: Sources['readFile'], path: string): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new ConfigProblem(`The configuration file cannot be read: ${(error as Error).message}`);
  }
}

function parse(name: SettingName, { texts, from }: Given): unknown[] {
  return texts.map((text) => {
    const result = SETTINGS[name].schema.safeParse(text);
    if (result.success) return result.data;
    throw new ConfigProblem(`${from}: "${text}" cannot be used. Allowed: ${SETTINGS[name].allowed}.`);
  });
}

function fallback(name: SettingName, host: HostFacts, others: Record<string, unknown>): unknown[] {
  const { fallback, schema } = SETTINGS[name];
  const text = typeof fallback === 'string' ? fallback : fallback.of(host, others);
  return text === '' ? [] : [schema.parse(text)];
}

/** With port 0 the origins carry `:0` until the port is known; see `withPort`. */
function origins(host: string, port: number, { addresses }: HostFacts): string[] {
  const own = isLoopback(host) ? [] : host === '0.0.0.0' || host === '::' ? addresses : [host];
  const names = ['127.0.0.1', 'localhost', '::1', host, ...own].filter((name) => name !== '0.0.0.0' && name !== '::');
  return [...new Set(names)].map((name) => new URL(`http://${isIPv6(name) ? `[${name}]` : name}:${port}`).origin);
}

/** The origins of a server whose port the kernel chose. */
export function withPort(urls: readonly string[], port: number): string[] {
  return urls.map((url) => url.replace(/:0$/, `:${port}`));
}

function refuseContradictions(settings: Values, host: HostFacts): void {
  const { idBase, idCount, user, data, run, idleFreeze, idleStop } = settings;
  // Without root there are no sandboxes, and no sockets.
  if (host.root && run.length > LONGEST_RUN) {
    throw new ConfigProblem(`run: "${run}" cannot be used. Allowed: ${SETTINGS.run.allowed}.`);
  }
  // The last id means "no id" to the kernel.
  if (idBase + idCount > 2 ** 32 - 2) {
    throw new ConfigProblem(`idBase ${idBase} and idCount ${idCount} go beyond 4294967294, the last id there is.`);
  }
  if (user === 'root')
    throw new ConfigProblem('user: "root" cannot be used: the part that serves the network must not be root.');
  if (data === '/' || run === '/' || data === run) {
    throw new ConfigProblem(`data "${data}" and run "${run}" must be two folders of their own: clean deletes them.`);
  }
  if (idleStop > 0 && idleFreeze > idleStop) {
    throw new ConfigProblem('idleFreeze is longer than idleStop: nothing would ever be frozen. Use 0 to never freeze.');
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { generatedDocuments } from '../../../sandbox-server/cli/docs/documents.ts';
import { settingsHelp } from '../../../sandbox-server/config/help.ts';
import { SETTING_NAMES, SETTINGS } from '../../../sandbox-server/config/settings.ts';
import { argumentOf } from '../../../sandbox-server/config/sources.ts';
import { resolveSettings } from '../../../sandbox-server/config.ts';
import { HOST } from './host.ts';

const root = join(import.meta.dirname, '../../..');

test('docs/ has what the settings and the errors say today (else: node sandbox-server/cli/bootstrap.mjs docs)', async () => {
  for (const [path, content] of Object.entries(await generatedDocuments(root))) {
    expect(readFileSync(join(root, path), 'utf8'), path).toBe(content);
  }
});

test('--help names every setting and fits the terminal', () => {
  const help = settingsHelp(80);
  for (const name of SETTING_NAMES) expect(help).toContain(`${argumentOf(name)} ${SETTINGS[name].value}`);
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('every default can be given as an argument too', () => {
  for (const name of SETTING_NAMES) {
    const { fallback } = SETTINGS[name];
    if (typeof fallback !== 'string') continue;
    const argv = [argumentOf(name), fallback];
    expect(() => resolveSettings({ argv, env: {}, readFile: () => '' }, HOST)).not.toThrow();
  }
});

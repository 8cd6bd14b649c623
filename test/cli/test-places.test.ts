import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

import { takeLock } from '../../sandbox-server/cli/serve/lock.ts';
import { testConfig } from '../support/config.ts';
import { Slipway } from './slipway.ts';

const { run: own } = testConfig();

const others = () =>
  readdirSync('/run')
    .filter((name) => /^slipway-test-\d+$/.test(name))
    .map((name) => join('/run', name))
    .filter((run) => run !== own);

const anotherRun = () => new Slipway(['test', 'test/unit/course/links.test.ts']);

/** A folder as a test file has it that was killed. */
const LEFT = '1-0';

afterEach(() => {
  for (const run of others()) rmSync(join(run, LEFT), { recursive: true, force: true });
});

test('a run of tests leaves others alone that are under way, and takes away what a killed one has left in its place', async () => {
  // It makes its place, where nobody had one before.
  await anotherRun().ended;
  const before = statSync(join(own, 'config.json')).mtimeMs;
  for (const run of others()) {
    const taken = takeLock(run);
    if ('holder' in taken) continue;
    mkdirSync(join(run, LEFT));
    taken.lock[Symbol.dispose]();
  }
  const second = anotherRun();
  const { status, output } = await second.ended;
  expect(output).toContain('links.test.ts');
  expect(status).toBe(0);
  expect(statSync(join(own, 'config.json')).mtimeMs).toBe(before);
  const holder = (run: string) => JSON.parse(readFileSync(join(run, 'lock'), 'utf8') || '{}') as { pid?: number };
  const place = others().find((run) => holder(run).pid === second.child.pid)!;
  expect(existsSync(join(place, 'config.json'))).toBe(true);
  expect(existsSync(join(place, LEFT))).toBe(false);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDatabase } from '../../sandbox-server/store/database.ts';
import { latestSchema } from '../../sandbox-server/store/schema.ts';
import { argumentsFor, killAt } from '../support/killed-at.ts';
import { makeOldDatabase, migrationsWith, wholeOf } from '../support/old-database.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a change of the schema that is killed at any of its steps has not begun, or is done', () => {
  const here = temporaryFolder();
  const folder = migrationsWith(join(here, 'migrations'), ['CREATE TABLE more (id TEXT)']);
  const newest = latestSchema(folder);
  mkdirSync(join(here, 'old'));
  makeOldDatabase(join(here, 'old', 'slipway.db'), 4);
  const before = wholeOf(join(here, 'old', 'slipway.db'));
  const versions: number[] = [];
  for (let step = 1, killed = true; killed; step++) {
    const place = join(here, `at-${step}`);
    cpSync(join(here, 'old'), place, { recursive: true });
    const path = join(place, 'slipway.db');
    killed = killAt(step, 'open', [path, folder]);
    const after = wholeOf(path) as { version: { user_version: number } };
    const version = after.version.user_version;
    if (version !== newest) expect(after, `killed at step ${step}`).toEqual(before);
    versions.push(version);
    openDatabase(path, { folder }).close();
    expect(wholeOf(path)).toMatchObject({
      version: { user_version: newest },
      sandboxes: [{ id: 'box', ends_at: null }],
    });
    expect(wholeOf(`${path}.schema-4`)).toEqual(before);
    rmSync(place, { recursive: true });
  }
  expect(new Set(versions)).toEqual(new Set([4, newest]));
});

test('where the disk has no room for a copy of the old schema, nothing is changed, and the words say how much it takes', () => {
  using disk = new SmallDisk(8);
  const path = join(disk.path, 'slipway.db');
  makeOldDatabase(path, 6);
  const before = wholeOf(path);
  disk.fill();
  expect(() => openDatabase(path)).toThrow(/cannot be brought from schema version 6 .+: the disk has \d+ bytes left/);
  expect(readdirSync(disk.path).filter((name) => name.includes('schema'))).toEqual([]);
  disk.empty();
  expect(wholeOf(path)).toEqual(before);
  openDatabase(path).close();
  expect(wholeOf(`${path}.schema-6`)).toEqual(before);
});

/** Some seconds' work: pages of it are written before it is done. */
const LONG = `
  CREATE TABLE long_one (id INTEGER, text TEXT);
  INSERT INTO long_one WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)
    SELECT i, hex(i * i) || 'some text that takes room' FROM n`;

test('killed in the middle of a long one, after pages were written, it leaves the old schema whole', async () => {
  const here = temporaryFolder();
  const path = join(here, 'slipway.db');
  makeOldDatabase(path, 6);
  const before = wholeOf(path);
  const folder = migrationsWith(join(here, 'migrations'), ['ALTER TABLE learner ADD COLUMN name TEXT', LONG]);
  const child = spawn(process.execPath, argumentsFor(0, 'open', [path, folder]), { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const written = () => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  while (written() < 1_000_000) {
    if (child.exitCode !== null) throw new Error('it ended before it could be killed');
    await sleep(2);
  }
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(wholeOf(path)).toEqual(before);
  openDatabase(path).close();
  expect(wholeOf(path)).toMatchObject({ version: { user_version: latestSchema() }, learners: [{ id: 'ada' }] });
});

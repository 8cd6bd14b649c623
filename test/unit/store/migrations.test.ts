import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../sandbox-server/store/database.ts';
import { latestSchema, MIGRATIONS, schemaOf } from '../../../sandbox-server/store/schema.ts';
import { makeOldDatabase, migrationsWith, wholeOf } from '../../support/old-database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
let path: string;
let said: string[];
const log = { info: (_fields: object, text: string) => void said.push(text) };

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'slipway.db');
  said = [];
});

const LATEST = latestSchema();
const OLDER = Array.from({ length: LATEST - 1 }, (_, index) => index + 1);

test('migrations are numbered from 1 without a gap, each number once', () => {
  const numbers = readdirSync(MIGRATIONS).map((name) => Number(/^(\d{3})-[a-z-]+\.sql$/.exec(name)?.[1]));
  expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
});

test('a new database has the newest schema, and no copy of nothing beside it', () => {
  openDatabase(path, { log }).close();
  expect(readdirSync(folder)).toEqual(['slipway.db']);
  expect(said).toEqual([]);
});

test.each(OLDER)('version %i becomes the newest one, rows and all; a copy is kept, and said in one line', (schema) => {
  makeOldDatabase(path, schema);
  const before = wholeOf(path);
  openDatabase(join(folder, 'fresh.db')).close();
  openDatabase(path, { log }).close();
  const { learners, sandboxes, ...made } = wholeOf(path) as Record<string, object[]>;
  const { learners: _, sandboxes: __, ...fresh } = wholeOf(join(folder, 'fresh.db')) as Record<string, object[]>;
  expect(made).toEqual(fresh);
  expect(learners).toMatchObject([{ id: 'ada', recovery_hash: 'hash' }]);
  expect(sandboxes).toMatchObject([{ id: 'box', seen_at: 4, profile: 'standard', keep_until: 0, ends_at: null }]);
  const copy = `${path}.schema-${schema}`;
  expect(wholeOf(copy)).toEqual(before);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(said).toEqual([`the database’s schema was brought from version ${schema} to ${LATEST}`]);
});

test('where one of several migrations fails, none has happened', () => {
  makeOldDatabase(path, 5);
  const before = wholeOf(path);
  const broken = migrationsWith(join(folder, 'm'), [
    'ALTER TABLE learner ADD COLUMN name TEXT',
    'INSERT INTO nowhere DEFAULT VALUES',
  ]);
  expect(() => openDatabase(path, { folder: broken, log })).toThrow(/nowhere/);
  expect(wholeOf(path)).toEqual(before);
  openDatabase(path, { log }).close();
  expect(said).toHaveLength(1);
});

test('the last two copies are kept', () => {
  makeOldDatabase(path, LATEST);
  for (const count of [1, 2, 3, 4]) {
    const more = Array.from({ length: count }, (_, index) => `CREATE TABLE more_${index} (id TEXT)`);
    openDatabase(path, { folder: migrationsWith(join(folder, `m${count}`), more) }).close();
  }
  const copies = readdirSync(folder).filter((name) => name.startsWith('slipway.db.'));
  expect(copies.sort()).toEqual([LATEST + 2, LATEST + 3].map((schema) => `slipway.db.schema-${schema}`));
});

/** Every file of it, byte by byte; who reads it is noted in `-shm`. */
const bytesIn = () =>
  readdirSync(folder)
    .filter((name) => !name.endsWith('-shm'))
    .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]);

test('a newer schema is refused in plain words, and nothing of it is touched', () => {
  makeOldDatabase(path, LATEST);
  using database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = DELETE; PRAGMA user_version = ${LATEST + 3}`);
  database.close();
  const before = [bytesIn(), statSync(path).mtimeMs, readdirSync(folder)];
  expect(() => openDatabase(path)).toThrow(
    `The database ${path} is of a newer Slipway: its schema is version ${LATEST + 3}, and this program knows versions up to ${LATEST}.`,
  );
  expect([bytesIn(), statSync(path).mtimeMs, readdirSync(folder)]).toEqual(before);
});

test('so is one whose newer schema is in the commits beside it alone; the words name the copy to put back', () => {
  makeOldDatabase(path, 3);
  openDatabase(path).close();
  const newer = new DatabaseSync(path);
  newer.exec(`PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = ${LATEST + 1}`);
  const before = bytesIn();
  try {
    openDatabase(path);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ name: 'DatabaseUnusable', passes: false });
    expect((error as { mend: string }).mend).toContain(`slipway restore ${path}.schema-3`);
  }
  expect(bytesIn()).toEqual(before);
  expect(schemaOf(newer)).toBe(LATEST + 1);
  newer.close();
});

/** Databases as older programs left them: made by the migrations up to a version, with rows in them. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, migrationsIn } from '../../sandbox-server/store/schema.ts';

/** A learner and a sandbox: every version has them. */
export function makeOldDatabase(path: string, schema: number): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL');
  for (const sql of migrationsIn(MIGRATIONS).slice(0, schema)) database.exec(sql);
  database.exec(`
    PRAGMA user_version = ${schema};
    INSERT INTO learner (id, created_at, seen_at, recovery_hash) VALUES ('ada', 1, 2, 'hash');
    INSERT INTO sandbox (id, learner, course, image, created_at, seen_at) VALUES ('box', 'ada', 'course', 'image', 3, 4)`);
  database.close();
}

/** A folder with the program's migrations and more of them. */
export function migrationsWith(folder: string, more: string[]): string {
  mkdirSync(folder);
  cpSync(MIGRATIONS, folder, { recursive: true });
  const count = readdirSync(folder).length;
  for (const [index, sql] of more.entries())
    writeFileSync(join(folder, `${String(count + index + 1).padStart(3, '0')}-more.sql`), sql);
  return folder;
}

/** Every object of the schema, and every row of the tables that all versions have. */
export function wholeOf(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return {
      schema: database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all(),
      version: database.prepare('PRAGMA user_version').get(),
      learners: database.prepare('SELECT * FROM learner').all(),
      sandboxes: database.prepare('SELECT * FROM sandbox').all(),
    };
  } finally {
    database.close();
  }
}

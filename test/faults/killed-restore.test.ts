import { randomInt } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { finishRestore } from '../../sandbox-server/store/backup/finish.ts';
import { makeBackup } from '../../sandbox-server/store/backup/make.ts';
import { openDatabase } from '../../sandbox-server/store/database.ts';
import { Learners } from '../../sandbox-server/store/learners.ts';
import { counted } from '../support/counts.ts';
import { killAt } from '../support/killed-at.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Of the restore's steps: all, or as many as every change can wait for. */
const STRIDE = counted({ usual: 2, long: 1 });

/** A gateway's folder whose database, secret and access code all bear one name. */
function folderOf(path: string, name: string): string {
  mkdirSync(path);
  const database = openDatabase(join(path, 'slipway.db'));
  database.exec('PRAGMA wal_autocheckpoint = 0');
  new Learners(database, () => 1).create(name);
  // As after a kill: the learner is in the commits beside the database alone.
  cpSync(path, `${path}-killed`, { recursive: true });
  database.close();
  rmSync(path, { recursive: true });
  cpSync(`${path}-killed`, path, { recursive: true });
  for (const file of ['cookie-secret', 'access-code']) writeFileSync(join(path, file), name);
  return path;
}

/** What is in it, as a gateway finds it that is started now. */
function found(folder: string): { learners: unknown[]; secrets: string[] } {
  finishRestore(folder);
  const database = openDatabase(join(folder, 'slipway.db'));
  const learners = database.prepare('SELECT id FROM learner').all();
  database.close();
  const secrets = ['cookie-secret', 'access-code'].map((name) => readFileSync(join(folder, name), 'utf8'));
  return { learners: learners.map((row) => row['id']), secrets };
}

const whole = (name: string) => ({ learners: [name], secrets: [name, name] });

test('a restore that is killed at any of its steps leaves the old database or the new one, each with its secrets', async () => {
  const here = temporaryFolder();
  const template = folderOf(join(here, 'template'), 'old');
  const backup = join(here, 'new.backup');
  await makeBackup(folderOf(join(here, 'other'), 'new'), backup, () => {});
  const outcomes: string[] = [];
  for (let step = 1 + randomInt(STRIDE), killed = true; killed; step += STRIDE) {
    const folder = join(here, `at-${step}`);
    cpSync(template, folder, { recursive: true });
    killed = killAt(step, 'restore', [folder, backup]);
    const state = found(folder);
    const [name] = state.learners as [string];
    expect(state, `killed at step ${step}`).toEqual(whole(name));
    if (name === 'new') {
      const kept = readdirSync(folder).find((file) => /^slipway\.db\.replaced-[^.]+Z$/.test(file))!;
      const copy = new DatabaseSync(join(folder, kept));
      expect(copy.prepare('SELECT id FROM learner').all()).toEqual([{ id: 'old' }]);
      copy.close();
    }
    outcomes.push(name);
    // The next restore is none the worse for it.
    expect(killAt(0, 'restore', [folder, backup])).toBe(false);
    expect(found(folder)).toEqual(whole('new'));
    expect(readdirSync(folder).filter((file) => file.startsWith('restore.'))).toEqual([]);
    rmSync(folder, { recursive: true });
  }
  // First all are old, then all are new: there is one moment at which it happens.
  const turned = outcomes.indexOf('new');
  expect(turned).toBeGreaterThan(10 / STRIDE);
  expect(outcomes.length - turned).toBeGreaterThan(5 / STRIDE);
  expect(outcomes.slice(turned)).toEqual(Array(outcomes.length - turned).fill('new'));
});

test('a backup that is killed at any of its steps leaves the one before it, or the new one; the next leaves nothing else', async () => {
  const here = temporaryFolder();
  const folder = folderOf(join(here, 'data'), 'ada');
  const kept = join(here, 'kept');
  mkdirSync(kept);
  const target = join(kept, 'slipway.backup');
  for (let step = 1, killed = true; killed; step++) {
    writeFileSync(target, 'the one before');
    killed = killAt(step, 'backUp', [folder, target]);
    if (readFileSync(target, 'latin1') !== 'the one before') {
      const backup = new DatabaseSync(target, { readOnly: true });
      expect(backup.prepare('SELECT value FROM backup_secret').all()).toEqual([{ value: 'ada' }, { value: 'ada' }]);
      expect(backup.prepare('SELECT id FROM learner').all()).toEqual([{ id: 'ada' }]);
      backup.close();
    } else expect(killed).toBe(true);
  }
  expect(readdirSync(kept)).toEqual(['slipway.backup']);
  expect(existsSync(join(folder, 'slipway.db'))).toBe(true);
});

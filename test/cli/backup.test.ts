import { chownSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../sandbox-server/store/database.ts';
import { Learners } from '../../sandbox-server/store/learners.ts';
import { visit } from '../support/gateway.ts';
import { COURSE } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { slipway } from './slipway.ts';

let here: string;
let data: string;
let database: string;
let target: string;

/** A server's data with one learner; no server runs. */
beforeEach(() => {
  here = temporaryFolder();
  data = join(here, 'data');
  database = join(data, 'gateway', 'slipway.db');
  target = join(here, 'slipway.backup');
  mkdirSync(join(data, 'gateway'), { recursive: true });
  const opened = openDatabase(database);
  new Learners(opened, () => 1).create('ada');
  opened.close();
  writeFileSync(join(data, 'gateway', 'cookie-secret'), 'secret');
});

const backup = (...args: string[]) =>
  slipway('backup', ...(args.includes('--data') ? [] : ['--data', data]), '--run', join(here, 'run'), ...args);

function learnersIn(path: string): string[] {
  const opened = new DatabaseSync(path, { readOnly: true });
  try {
    return opened
      .prepare('SELECT id FROM learner ORDER BY id')
      .all()
      .map((row) => row['id'] as string);
  } finally {
    opened.close();
  }
}

test('a backup is one file of root’s alone, and what is in it and what is not is said', async () => {
  const { status, output } = await backup(target);
  expect(output).toMatch(/In it: 1 learner, 0 rows of their progress, 0 records of sandboxes; the secret that cookies/);
  expect(output).toContain(`Not in it: learners’ files, which are on disks in ${data}/supervisor/sandboxes.`);
  expect(status).toBe(0);
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(readdirSync(here).sort()).toEqual(['data', 'slipway.backup']);
  expect(learnersIn(target)).toEqual(['ada']);
});

test('what cannot be is refused with the reason, and nothing is written', async () => {
  const there = join(here, 'there');
  writeFileSync(there, 'somebody’s');
  linkSync(database, join(here, 'link'));
  const REFUSED: [args: string[], words: string][] = [
    [[], 'slipway backup needs FILE.'],
    [[join(here, 'nowhere', 'x')], `There is no folder ${join(here, 'nowhere')}.`],
    [[join(there, 'x')], `${there} is not a folder.`],
    [[here], `${here} is a folder.`],
    [[there], `There is a file ${there} already.`],
    [[database, '--force'], `${database} is the server’s own database.`],
    [[`${database}-wal`], 'is the server’s own database.'],
    [[join(here, 'link'), '--force'], 'is the server’s own database.'],
    [['/dev/null', '--force'], '/dev/null is not an ordinary file.'],
    [['/proc/x'], '/proc/x was not written.'],
    [[target, '--data', there], `${there}/gateway/slipway.db cannot be read.`],
    [[target, '--data', join(here, 'none')], `There is no database in ${join(here, 'none', 'gateway')}.`],
  ];
  const ended = await Promise.all(REFUSED.map(([args]) => backup(...args)));
  for (const [index, { status, output }] of ended.entries()) {
    const [args, words] = REFUSED[index]!;
    expect(output, args.join(' ')).toContain(words);
    expect(output, args.join(' ')).toContain('What to do:');
    expect(output).not.toMatch(/^\s+at /m);
    expect(status, args.join(' ')).toBeGreaterThan(0);
  }
  expect(readFileSync(there, 'utf8')).toBe('somebody’s');
  expect(readdirSync(here).sort()).toEqual(['data', 'link', 'there']);
  const others = readdirSync(join(data, 'gateway')).filter((name) => !/^slipway\.db-(wal|shm)$/.test(name));
  expect(others.sort()).toEqual(['cookie-secret', 'slipway.db']);
});

const HASH = 'of-a-recovery-code';

test('a database that is damaged replaces no backup', async () => {
  const opened = openDatabase(database);
  new Learners(opened, () => 1).setRecoveryHash('ada', HASH);
  opened.close();
  await backup(target);
  const whole = readFileSync(database);
  // Cut off; and one byte of an index, which nobody meets who counts rows.
  const index = Buffer.from(whole);
  index[whole.lastIndexOf(HASH)]! ^= 1;
  for (const bytes of [whole.subarray(0, 20_000), index]) {
    writeFileSync(database, bytes);
    const { status, output } = await backup(target, '--force');
    expect(status).toBe(1);
    expect(output).toContain(`The database ${database} is damaged`);
    expect(learnersIn(target)).toEqual(['ada']);
  }
  expect(readdirSync(here).sort()).toEqual(['data', 'slipway.backup']);
});

test('where the disk is full the backup before stays, and the half of the new one goes', async () => {
  using disk = new SmallDisk(8);
  target = join(disk.path, 'slipway.backup');
  await backup(target);
  disk.fill();
  const { status, output } = await backup(target, '--force');
  expect(status).toBe(1);
  expect(output).toContain(`The disk of ${target} is full.`);
  expect(learnersIn(target)).toEqual(['ada']);
  disk.empty();
  expect(readdirSync(disk.path).sort()).toEqual(['lost+found', 'slipway.backup']);
});

/** Some tens of steps of a backup: long enough that learners come meanwhile. */
const MANY = 400_000;

test('while learners come and go a backup has each who was there when it began, and is of one moment', async () => {
  await using server = await TestServer.start({ logLevel: 'warn' });
  const { gatewayData } = server.config.paths;
  await server.end('gateway');
  const own = join(gatewayData, 'slipway.db');
  const filled = openDatabase(own);
  filled.exec(
    `INSERT INTO learner (id, created_at, seen_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
       SELECT 'filler-' || i, 1, 1 FROM n`,
  );
  filled.close();
  const { uid, gid } = statSync(gatewayData);
  chownSync(own, uid, gid);
  await server.run('gateway');
  const cookie = await visit(server.url);

  // More than the server lets come from one address, and as it would write them.
  const writing = new DatabaseSync(own, { timeout: 5000 });
  const come = writing.prepare("INSERT INTO learner (id, created_at, seen_at) VALUES ('new-' || ?, 1, 1)");
  let came = 0;
  const coming = setInterval(() => come.run((came += 1)), 1);
  const { status, output } = await slipway(
    'backup',
    target,
    '--data',
    join(gatewayData, '..'),
    '--run',
    server.config.run,
  );
  clearInterval(coming);
  writing.close();
  expect((await fetch(`${server.url}${COURSE}/sandbox`, { headers: { cookie } })).status).toBe(200);
  expect(output).toContain('found whole');
  expect(status).toBe(0);
  const had = learnersIn(target).length;
  expect(had).toBeGreaterThanOrEqual(MANY + 1);
  expect(had).toBeLessThan(MANY + 1 + came);
  expect(came).toBeGreaterThan(20);
  expect(Number(/In it: ([\d,]+) learners/.exec(output)![1]!.replaceAll(',', ''))).toBe(had);
});

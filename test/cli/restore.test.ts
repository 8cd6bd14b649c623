import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { latestSchema } from '../../sandbox-server/store/schema.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { makeOldDatabase } from '../support/old-database.ts';
import { COURSE, TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { slipway } from './slipway.ts';

let server: TestServer;
let backup: string;

beforeEach(async () => {
  server = await TestServer.start({ logLevel: 'info' });
  backup = join(temporaryFolder(), 'slipway.backup');
});
afterEach(() => server?.[Symbol.asyncDispose]());

const folder = () => server.config.paths.gatewayData;
const place = () => ['--data', join(folder(), '..'), '--run', server.config.run];
const disks = () => readdirSync(join(server.config.paths.supervisorData, 'sandboxes')).sort();

async function backUp(): Promise<void> {
  const { status, output } = await slipway('backup', backup, '--force', ...place());
  expect(output).toContain('found whole');
  expect(status).toBe(0);
}

async function restore(): Promise<string> {
  const { status, output } = await slipway('restore', backup, '--yes', ...place());
  expect(status, output).toBe(0);
  return output;
}

/** Somebody with a sandbox, and a file of this name in it. */
async function learnerWith(file: string): Promise<string> {
  const cookie = await visit(server.url);
  await work(cookie, `touch ~/${file}; sync`);
  return cookie;
}

/** Runs a command in the learner's sandbox and returns what it prints. */
async function work(cookie: string, command: string): Promise<string> {
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  const mark = randomId(8);
  page.type(`${command}; echo ${mark.slice(0, 4)}""${mark.slice(4)}\n`);
  await page.shows(new RegExp(`${mark}\r\n`));
  page.close();
  return page.text;
}

function query(sql: string, path = join(folder(), 'slipway.db')): Record<string, unknown>[] {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

const sandboxes = () => query('SELECT id FROM sandbox ORDER BY created_at').map((row) => row['id'] as string);

/** What the gateway's last start says that it found left over. */
function told(): string[] {
  return readFileSync(join(server.config.run, 'gateway.log'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"recovery"'))
    .map((line) => JSON.parse(line) as { recovery: string; kind: string; id: string })
    .map(({ recovery, kind, id }) => `${recovery} ${kind} ${id}`);
}

test('after a restore learners of the backup are who they were, with the files that they have now; nobody’s disk goes', async () => {
  const ada = await learnerWith('of-ada');
  const ben = await visit(server.url);
  await backUp();
  // Since then Ben has got a sandbox, Ada a newer one than the backup knows, and Cyd has come.
  await work(ben, 'touch ~/of-ben; sync');
  await work(ada, 'touch ~/later; sync');
  const cyd = await learnerWith('of-cyd');
  const [adas, bens, cyds] = sandboxes() as [string, string, string];
  await server.end('gateway', 'SIGKILL');
  for (const name of ['cookie-secret', 'access-code']) rmSync(join(folder(), name), { force: true });
  writeFileSync(join(folder(), 'cookie-secret'), 'another');

  const output = await restore();
  expect(output).toContain('Sandboxes that learners got since the backup, and still have: 1.');
  expect(output).toContain('Sandboxes of learners who came after the backup: 1. Their files are kept');
  const kept = /The replaced database is (\S+);/.exec(output)![1]!;
  expect(query('SELECT count(*) AS n FROM learner', kept)).toEqual([{ n: 3 }]);
  const { uid } = statSync(folder());
  expect(uid).not.toBe(0);
  for (const name of readdirSync(folder())) expect(statSync(join(folder(), name)).uid, name).toBe(uid);

  await server.run('gateway');
  expect(await work(ada, 'ls ~')).toMatch(/later.*of-ada/s);
  expect(await work(ben, 'ls ~')).toContain('of-ben');
  expect((await fetch(`${server.url}${COURSE}/sandbox`, { headers: { cookie: cyd } })).status).toBe(401);
  await expect.poll(told).toEqual([`kept sandbox ${cyds}`]);
  expect(sandboxes().sort()).toEqual([adas, bens].sort());
  expect(disks()).toEqual([adas, bens, cyds].sort());
});

test('where the replaced database is damaged, a sandbox that was spare at the time of the backup keeps its learner’s files', async () => {
  const ada = await learnerWith('of-ada');
  await backUp();
  const [adas] = sandboxes() as [string];
  const ben = await learnerWith('of-ben');
  const bens = sandboxes().find((id) => id !== adas)!;
  // As in a backup of the moment in which Ben's was being made, and Ada had another one before.
  const gone = randomId();
  const changed = new DatabaseSync(backup);
  changed.prepare('INSERT INTO spare_sandbox (id, noted_at) VALUES (?, 0)').run(bens);
  changed.prepare('UPDATE sandbox SET id = ? WHERE id = ?').run(gone, adas);
  changed.close();
  await server.end('gateway');
  truncateSync(join(folder(), 'slipway.db'), 5000);
  await expect(server.run('gateway')).rejects.toThrow(/is damaged/);

  const output = await restore();
  expect(output).toContain('It cannot be read any more');
  expect(output).toContain('Of its sandboxes (1) without a disk in ');
  await server.run('gateway');
  const lines = [`kept sandbox ${adas}`, `kept sandbox ${bens}`, `removed record ${gone}`];
  await expect.poll(() => told().sort()).toEqual(lines.sort());
  await work(ada, 'true');
  expect((await fetch(`${server.url}${COURSE}/sandbox`, { headers: { cookie: ben } })).status).toBe(401);
  expect(disks()).toEqual(expect.arrayContaining([adas, bens]));
});

test('a restore that was killed is finished by the next gateway, before it reads anything', async () => {
  const ada = await learnerWith('of-ada');
  await backUp();
  await server.end('gateway');
  const secret = readFileSync(join(folder(), 'cookie-secret'), 'utf8');
  writeFileSync(join(folder(), 'cookie-secret'), 'another');
  truncateSync(join(folder(), 'slipway.db'), 5000);
  const ready = join(folder(), 'restore.ready');
  mkdirSync(ready);
  copyFileSync(backup, join(ready, 'slipway.db'));
  writeFileSync(join(ready, 'cookie-secret'), secret);
  writeFileSync(join(ready, 'kept-as'), 'slipway.db.replaced-then');
  const { uid, gid } = statSync(folder());
  for (const path of [ready, ...readdirSync(ready).map((name) => join(ready, name))]) chownSync(path, uid, gid);

  await server.run('gateway');
  expect(await work(ada, 'ls ~')).toContain('of-ada');
  expect(readdirSync(folder())).toContain('slipway.db.replaced-then');
  expect(existsSync(ready)).toBe(false);
  expect(readFileSync(join(server.config.run, 'gateway.log'), 'utf8')).toContain(
    'a restore that had been interrupted was finished',
  );
});

test('while a server runs, or where the file is none that can be put back, nothing is changed', async () => {
  await learnerWith('of-ada');
  await backUp();
  const before = sandboxes();
  const refused = async (words: string | RegExp, file = backup, ...args: string[]) => {
    const { status, output } = await slipway('restore', file, ...place(), ...args);
    expect(output).toMatch(words);
    expect(output).toContain('What to do:');
    expect(output).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
    expect(readdirSync(folder()).filter((name) => /restore|replaced/.test(name))).toEqual([]);
  };
  // The gateway alone, as where systemd stopped the supervisor; then whoever holds the lock.
  await refused(/A server runs on .+It answers at .+operator\.sock/s, backup, '--yes');
  await server.end('gateway');
  const lock = spawn('flock', [join(folder(), '..', 'lock'), 'cat']);
  lock.stdin.write('held\n');
  await once(lock.stdout, 'data');
  await refused(/A server runs on /, backup, '--yes');
  lock.stdin.end();
  await once(lock, 'exit');

  await refused(/would be gone from .+--yes/s);
  const other = (name: string, make: (path: string) => void) => {
    const path = join(backup, '..', name);
    make(path);
    return path;
  };
  await refused(
    'It is damaged: file is not a database.',
    other('text', (path) => writeFileSync(path, 'x'.repeat(9999))),
    '--yes',
  );
  const half = readFileSync(backup).subarray(0, 20_000);
  await refused(
    'It is damaged',
    other('half', (path) => writeFileSync(path, half)),
    '--yes',
  );
  const foreign = (path: string) => {
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE learner (id TEXT); PRAGMA user_version = 3');
    database.close();
  };
  await refused('It is a database, but not one of Slipway’s.', other('foreign', foreign), '--yes');
  const newer = (path: string) => {
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version = ${latestSchema() + 1}`);
    database.close();
  };
  await refused('It is of a newer Slipway', other('newer', newer), '--yes');
  await refused('There is no file', join(backup, '..', 'none'), '--yes');
  await refused('is not a file', join(backup, '..'), '--yes');
  await refused('is the server’s own database', join(folder(), 'slipway.db'), '--yes');
  await server.run('gateway');
  expect(sandboxes()).toEqual(before);
});

test('a copy of an older schema is brought to the newest; where there is no room for it all is as it was', async () => {
  await server.end('gateway');
  rmSync(backup, { force: true });
  makeOldDatabase(backup, 4);
  const output = await restore();
  expect(output).toContain(`Its schema is version 4; what is put in place is brought to ${latestSchema()}.`);
  expect(output).toContain('It has no secrets in it: those that are here stay.');
  expect(existsSync(join(folder(), 'cookie-secret'))).toBe(true);
  await server.run('gateway');
  expect(query('SELECT id FROM learner')).toEqual([{ id: 'ada' }]);

  using disk = new SmallDisk(8);
  const small = join(disk.path, 'gateway');
  mkdirSync(small);
  makeOldDatabase(join(small, 'slipway.db'), 4);
  const bytes = readFileSync(join(small, 'slipway.db'));
  writeFileSync(join(disk.path, 'lock'), '');
  disk.fill();
  const { status, output: said } = await slipway(
    'restore',
    backup,
    '--yes',
    '--data',
    disk.path,
    '--run',
    server.config.run + '-2',
  );
  expect(said).toMatch(/was not put back; nothing was changed\.\n.+is full/s);
  expect(status).toBe(1);
  expect(readFileSync(join(small, 'slipway.db'))).toEqual(bytes);
  expect(readdirSync(small)).toEqual(['slipway.db']);
});

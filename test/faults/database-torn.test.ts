import {
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { COURSE, TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cookie: string;

beforeAll(async () => {
  server = await TestServer.start({ logLevel: 'warn' });
});
beforeEach(async () => {
  cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type('echo kept > ~/note; sync; echo do-$((1))-ne\n');
  await page.shows(/do-1-ne\r\n/);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const file = () => join(server.config.paths.gatewayData, 'slipway.db');
/** All that there is of the database. */
const bytesOf = () =>
  names()
    .map((name) => readFileSync(join(file(), '..', name)))
    .filter(({ length }) => length > 0);
const names = () => readdirSync(join(file(), '..')).filter((name) => /^slipway\.db(-wal)?$/.test(name));

async function worksAsBefore(): Promise<void> {
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type('cat ~/note\n');
  await page.shows(/kept\r\n/);
}

/** The pages of a file, but for the first, overwritten in the middle. */
function tear(path: string): void {
  const size = statSync(path).size;
  const fd = openSync(path, 'r+');
  for (let at = 4096; at < size; at += 4096) writeSync(fd, Buffer.alloc(200, 0xa5), 0, 200, at);
}

test('a gateway that is killed while it writes finds all that it had said was saved, whatever hangs torn off the end', async () => {
  await server.end('gateway', 'SIGKILL');
  expect(existsSync(`${file()}-wal`)).toBe(true);
  // What a write that was under way leaves: the beginning of a frame, and rubbish behind it.
  writeFileSync(`${file()}-wal`, Buffer.alloc(3000, 0x5a), { flag: 'a' });
  await server.run('gateway');
  await worksAsBefore();
});

test('a log of commits that was cut off costs what was in the part that is gone, and nothing else', async () => {
  await server.end('gateway');
  await server.run('gateway');
  await visit(server.url);
  await server.end('gateway', 'SIGKILL');
  truncateSync(`${file()}-wal`, statSync(`${file()}-wal`).size - 1000);
  await server.run('gateway');
  await worksAsBefore();
});

const DAMAGE: [what: string, damage: () => void, words: RegExp][] = [
  ['pages were overwritten', () => tear(file()), /is damaged: .+It was left as it is\./s],
  ['it was cut off', () => truncateSync(file(), 5000), /is damaged: .+It was left as it is\./s],
  ['it is no database', () => writeFileSync(file(), 'no database'.repeat(1000)), /is damaged: file is not a database/],
];

test('a damaged database is refused with a clear word and left as it is; a copy put back brings everything back', async () => {
  await server.end('gateway');
  const whole = readFileSync(file());
  for (const [what, damage, words] of DAMAGE) {
    damage();
    const damaged = bytesOf();
    await expect(server.run('gateway'), what).rejects.toThrow(words);
    expect(bytesOf(), what).toEqual(damaged);
    writeFileSync(file(), whole);
  }
  await server.run('gateway');
  await worksAsBefore();
});

test('an empty file with commits beside it is no new database; one that is given up costs no learner’s disk', async () => {
  await server.end('gateway', 'SIGKILL');
  const commits = readFileSync(`${file()}-wal`);
  const disks = readdirSync(join(server.config.paths.supervisorData, 'sandboxes'));
  expect(commits.length).toBeGreaterThan(0);
  truncateSync(file());
  await expect(server.run('gateway')).rejects.toThrow(/is damaged: the file is empty/);
  expect(readFileSync(`${file()}-wal`)).toEqual(commits);

  for (const name of names()) renameSync(join(file(), '..', name), join(file(), '..', `damaged-${name}`));
  await server.run('gateway');
  expect((await fetch(`${server.url}${COURSE}/sandbox`, { headers: { cookie } })).status).toBe(401);
  expect(readdirSync(join(server.config.paths.supervisorData, 'sandboxes'))).toEqual(disks);
});

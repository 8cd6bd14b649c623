import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Server } from '../../sandbox-server/cli/operate/ask-server.ts';
import { LogFiles } from '../../sandbox-server/cli/operate/log-files.ts';
import { entryText } from '../../sandbox-server/cli/operate/log-text.ts';
import { findUser, registryUser } from '../../sandbox-server/cli/stages/system-user.ts';
import { sandboxList, serverInfo } from '../../sandbox-server/operator/shapes.ts';
import { bothProfiles, PROFILE_COURSES, terminalIn } from '../support/both-profiles.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// Who reaches the operator's socket stops every learner's sandbox and deletes their files.
let server: TestServer;
let socket: string;

beforeAll(async () => {
  server = await TestServer.start(bothProfiles());
  socket = server.config.paths.operatorSocket;
});
afterAll(() => server?.[Symbol.asyncDispose]());

const known = () => new Server(server.config, '').ask(sandboxList, 'GET', '/sandboxes');

/** What becomes of connecting to it as a user of the host. */
function connecting(uid: number, gid: number): string {
  const script = `require('net').connect(process.argv[1]).on('connect', () => { console.log('in'); process.exit(); })
    .on('error', ({ code }) => console.log(code))`;
  const user = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return execFileSync('setpriv', [...user, process.execPath, '-e', script, socket], {
    encoding: 'utf8',
    cwd: '/',
  }).trim();
}

describe('of the host’s users', () => {
  const nobody = 65_534;

  test('root and the gateway’s get in: what follows could fail', () => {
    const { uid, gid } = statSync(server.config.paths.gatewayData);
    expect([connecting(0, 0), connecting(uid, gid)]).toEqual(['in', 'in']);
  });

  test('no other does, and each of two locks is enough for that', () => {
    const folder = dirname(socket);
    const { gid } = statSync(server.config.paths.gatewayData);
    const registry = findUser(registryUser(server.config.user));
    const others: [uid: number, gid: number][] = [
      [nobody, nobody],
      [nobody, gid],
      [server.config.idBase, server.config.idBase],
      [server.config.idBase + 1000, server.config.idBase + 1000],
      ...(registry ? [[registry.uid, gid] satisfies [number, number]] : []),
    ];
    const all = () => others.map(([uid, group]) => connecting(uid, group));
    const none = others.map(() => 'EACCES');
    expect([statSync(folder).mode & 0o777, statSync(socket).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(all()).toEqual(none);
    chmodSync(folder, 0o755);
    expect(all()).toEqual(none);
    chmodSync(folder, 0o700);
    chmodSync(socket, 0o666);
    expect(all()).toEqual(none);
    chmodSync(socket, 0o600);
  });
});

test.each(PROFILE_COURSES)('in a sandbox of profile %s there is no such socket, for root neither', async (course) => {
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, terminalIn(course))).attach();
  const look = `find / -path /proc -prune -o -path /sys -prune -o '(' -name operator -type d -o -name operator.sock ')' -print; ls ${dirname(socket)};
    perl -MIO::Socket::UNIX -e 'print IO::Socket::UNIX->new(Peer => shift) ? "in" : "not", "-reached\\n"' ${socket}`;
  const lines = `sh -c "${look.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/(["\\$])/g, '\\$1')}" 2>&1 | cat; echo all-$((1))\n`;
  page.type(course === 'containers' ? `sudo ${lines}` : lines);
  await page.shows(/all-1\r\n/);
  expect(page.text).toContain('not-reached\r\n');
  expect(page.text).toMatch(/cannot access|No such file/);
  expect(page.text).not.toMatch(/^\/.*operator/m);
  page.close();
});

test('the address that learners have answers nothing of it, whoever asks', async () => {
  const cookie = await visit(server.url);
  const page = await (await TestPage.open(server.url, cookie, terminalIn('standard'))).attach();
  const { sandboxes } = await known();
  const id = sandboxes.find(({ viewers }) => viewers > 0)!.id;
  const headers = { cookie, origin: server.url, 'content-type': 'application/json' };
  for (const path of ['', '/api', '/operator', '/api/operator']) {
    for (const what of ['/server', '/sandboxes', '/metrics']) {
      const answer = await fetch(`${server.url}${path}${what}`, { headers });
      expect(answer.status, path + what).toBe(404);
      const text = await answer.text();
      for (const word of [id, 'memoryLimitBytes', 'slipway_sandboxes']) expect(text).not.toContain(word);
    }
    const stop = await fetch(`${server.url}${path}/sandboxes/${id}/stop`, { method: 'POST', headers, body: '{}' });
    expect(stop.status).toBe(404);
  }
  page.type('echo still-$((1))\n');
  await page.shows(/still-1\r\n/);
});

test('what it tells lets nobody in: no cookie, no code, no whole id of a learner', async () => {
  const cookie = await visit(server.url);
  await (await TestPage.open(server.url, cookie, terminalIn('standard'))).attach();
  const text = JSON.stringify([await known(), await new Server(server.config, '').ask(serverInfo, 'GET', '/server')]);
  const value = decodeURIComponent(cookie.split('=')[1]!);
  const learner = value.split('.')[0]!;
  expect(text).toContain(learner.slice(0, 8));
  expect(text).not.toContain(learner);
});

test('what a learner’s program gets into the log moves no operator’s cursor', () => {
  const folder = temporaryFolder();
  const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\r\nall is well';
  mkdirSync(join(folder, 'log'));
  const entry = {
    level: 40,
    time: 1,
    name: evil,
    msg: evil,
    sandbox: evil,
    [evil]: [evil],
    err: { message: evil, stack: evil },
  };
  writeFileSync(join(folder, 'log', 'gateway.log'), `${JSON.stringify(entry)}\n${evil}\n`);
  const lines = new LogFiles(join(folder, 'log')).news(() => true, Infinity);
  const shown = lines.map((line) => entryText(line.entry, (_code, text) => text)).join('\n');
  expect(shown).toContain('owned');
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect, test } from 'vitest';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { sandboxList, serverInfo } from '../../sandbox-server/operator/shapes.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';

function ask(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/json' } : {};
    const asked = request({ socketPath, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (bytes: Buffer) => (text += bytes.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    asked.once('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}

test('the operator sees each sandbox, and stops one with words that its learner reads', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  const socket = gateway.config.paths.operatorSocket;
  const page = await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  const list = async () => sandboxList.parse(JSON.parse((await ask(socket, 'GET', '/sandboxes')).text)).sandboxes;
  const [sandbox] = await list();
  expect(sandbox).toMatchObject({
    course: 'course',
    state: 'ready',
    viewers: 1,
    queue: null,
    diskBytes: expect.any(Number),
  });
  expect(sandbox!.learner).toHaveLength(8);
  const path = `/sandboxes/${sandbox!.id}/stop`;
  expect(await ask(socket, 'POST', path, { said: 'Lunch' })).toEqual({ status: 200, text: '{"outcome":"stopped"}' });
  expect((await page.closed).code).toBe(ERRORS['stopped-by-operator'].close);
  expect(page.messages).toContainEqual({ type: 'closing', said: 'Lunch' });
  expect((await list())[0]).toMatchObject({ state: 'stopped', viewers: 0 });
  expect((await ask(socket, 'POST', path)).text).toBe('{"outcome":"did-not-run"}');
  expect((await ask(socket, 'POST', path, { destroy: true })).text).toBe('{"outcome":"destroyed"}');
  expect(await list()).toEqual([]);
  expect((await ask(socket, 'POST', path)).status).toBe(404);
});

test('who waits for a place and is stopped reads that the operator did, and their words', async () => {
  await using gateway = await gatewayOn(new FakeDriver(), { maxSandboxes: 1 });
  await (await TestPage.open(gateway.url, await visit(gateway.url))).attach();
  const waiting = await TestPage.open(gateway.url, await visit(gateway.url));
  waiting.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  const socket = gateway.config.paths.operatorSocket;
  const queued = async () =>
    sandboxList
      .parse(JSON.parse((await ask(socket, 'GET', '/sandboxes')).text))
      .sandboxes.find((each) => each.queue === 1);
  await expect.poll(queued).toBeDefined();
  const { id } = (await queued())!;
  const answer = await ask(socket, 'POST', `/sandboxes/${id}/stop`, { said: 'Full today' });
  expect(answer.text).toBe('{"outcome":"left-queue"}');
  expect((await waiting.closed).code).toBe(ERRORS['stopped-by-operator'].close);
  expect(waiting.messages).toContainEqual({ type: 'closing', said: 'Full today' });
});

test('what would move a terminal’s cursor is not said to a learner', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  for (const said of ['\u001b[2J', 'two\nlines', '', 'x'.repeat(141)]) {
    const answer = await ask(gateway.config.paths.operatorSocket, 'POST', '/sandboxes/x/stop', { said });
    expect(answer.status, JSON.stringify(said)).toBe(400);
  }
});

test('the server tells of itself, and its figures and health are there too', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  const socket = gateway.config.paths.operatorSocket;
  const info = serverInfo.parse(JSON.parse((await ask(socket, 'GET', '/server')).text));
  expect(info).toMatchObject({ pid: process.pid, places: 10, running: 0, urls: [gateway.url] });
  expect((await ask(socket, 'GET', '/metrics')).text).toContain('slipway_sandboxes');
  expect((await ask(socket, 'GET', '/readyz')).status).toBe(200);
});

test('while the server ends, what is under way is finished, and the operator sees that it ends', async () => {
  const gateway = await gatewayOn(new FakeDriver());
  const { url, config } = gateway;
  const headers = { 'content-type': 'application/json', origin: url, 'content-length': 2 };
  const halfSent = request(`${url}/api/session`, { method: 'POST', headers });
  const answered = once(halfSent, 'response') as Promise<[IncomingMessage]>;
  halfSent.write('{');
  await expect.poll(async () => (await fetch(`${url}/healthz`)).status).toBe(200);
  const ended = gateway[Symbol.asyncDispose]();
  const server = async () =>
    serverInfo.parse(JSON.parse((await ask(config.paths.operatorSocket, 'GET', '/server')).text));
  expect((await server()).unready).toEqual(['draining']);
  expect((await ask(config.paths.operatorSocket, 'GET', '/readyz')).status).toBe(503);
  halfSent.end('}');
  const [response] = await answered;
  expect(response.statusCode).toBe(200);
  response.resume();
  await ended;
});

test('another user cannot connect, though the folder lets them pass', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  const socket = gateway.config.paths.operatorSocket;
  chmodSync(gateway.config.paths.gatewayData, 0o755);
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  const program = `require('net').connect(${JSON.stringify(socket)}).on('connect', () => process.exit(0)).on('error', (e) => { console.log(e.code); process.exit(1); })`;
  const node = process.execPath;
  expect(
    execFileSync(node, ['-e', program.replace('process.exit(0)', "(console.log('in'), process.exit(0))")], {
      encoding: 'utf8',
    }),
  ).toBe('in\n');
  const other = spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', '--', node, '-e', program], {
    encoding: 'utf8',
  });
  expect(other.stdout).toBe('EACCES\n');
});

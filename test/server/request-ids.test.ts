import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import type { ApiError } from '../../sandbox-server/protocol/api.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';
import { initSocket } from '../../sandbox-server/sandbox/oci/supervisor/paths.ts';
import { forRequest } from '../../sandbox-server/request.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';
import { LIVE_LESSON, send, TERMINAL, upgradeLines } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

const MADE = /^[0-9a-hjkmnp-tv-z]{12}$/;

interface Line {
  request?: string;
  msg: string;
  sandbox?: string;
  code?: string;
  op?: string;
}

function linesOf(server: TestServer, part: 'gateway' | 'supervisor'): Line[] {
  const text = readFileSync(join(server.config.run, `${part}.log`), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

test('each request has an id that its answer tells: its own where that has the form of one', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  const idOf = async (given?: string) => {
    const headers = given === undefined ? {} : { 'x-request-id': given };
    return (await fetch(`${gateway.url}/api/progress`, { headers })).headers.get('x-request-id');
  };
  const made = await idOf();
  expect(made).toMatch(MADE);
  expect(await idOf()).not.toBe(made);
  expect(await idOf('from-a-proxy_1')).toBe('from-a-proxy_1');
  for (const given of ['short', 'x'.repeat(65), 'two words here', '{"level":50}', 'é'.repeat(10)]) {
    expect(await idOf(given), given).toMatch(MADE);
  }
});

test('an error tells the id of its request as its reference, over HTTP and in a refused upgrade', async () => {
  await using gateway = await gatewayOn(new FakeDriver());
  const response = await fetch(`${gateway.url}/api/nothing`, { headers: { 'x-request-id': 'ask-number-1' } });
  expect(((await response.json()) as ApiError).error).toMatchObject({ code: 'not-found', reference: 'ask-number-1' });
  const path = '/api/courses/course/terminals/main';
  const refused = await send(gateway.url, upgradeLines(gateway.url, path, { 'X-Request-Id': 'ask-number-2' }));
  expect(refused.headers).toMatch(/x-request-id: ask-number-2/i);
  expect((JSON.parse(refused.body) as ApiError).error).toMatchObject({
    code: 'not-signed-in',
    reference: 'ask-number-2',
  });
});

test('the id of a WebSocket is in what gateway, supervisor and init log of it, and in the error that its page gets', async () => {
  await using server = await TestServer.start();
  const cookie = await visit(server.url);
  const accepted = await send(
    server.url,
    upgradeLines(server.url, TERMINAL, { Cookie: cookie, 'X-Request-Id': 'ask-number-3' }),
  );
  expect(accepted.headers).toMatch(/x-request-id: ask-number-3/i);

  // A start goes to the supervisor.
  const page = await TestPage.open(server.url, cookie, TERMINAL, { 'X-Request-Id': 'ask-number-4' });
  await page.attach();
  const started = (part: 'gateway' | 'supervisor') =>
    linesOf(server, part).find(({ request, msg }) => request === 'ask-number-4' && msg.endsWith('started'));
  expect(started('gateway')).toBeDefined();
  expect(started('supervisor')).toMatchObject({ sandbox: started('gateway')!.sandbox });

  // What init refuses is told to whoever watches, which the gateway does while a page of a lesson is open.
  const lesson = await TestPage.open(server.url, cookie, LIVE_LESSON);
  const init = connect({ path: initSocket(server.config.run, started('gateway')!.sandbox!) });
  init.write('{"op":"nothing","request":"ask-number-6"}\n');
  await expect
    .poll(() => linesOf(server, 'gateway').find(({ request }) => request === 'ask-number-6'))
    .toMatchObject({ sandbox: started('gateway')!.sandbox, op: 'nothing', code: 'bad-request' });
  lesson.close();

  // The supervisor is away: the page is told a reference, and the gateway's log has more under it.
  await server.end('supervisor', 'SIGKILL');
  const other = await visit(server.url);
  const failed = await TestPage.open(server.url, other, TERMINAL, { 'X-Request-Id': 'ask-number-5' });
  failed.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  expect((await failed.closed).code).toBe(ERRORS['supervisor-away'].close);
  expect(failed.messages.at(-1)).toEqual({ type: 'closing', reference: 'ask-number-5' });
  const grep = execFileSync('grep', ['-h', 'ask-number-5', join(server.config.run, 'gateway.log')], {
    encoding: 'utf8',
  });
  expect(grep).toMatch(/"code":"supervisor-away"/);
  await server.run('supervisor');
});

test('a request to init says which request of a browser it is for', async () => {
  const [ours, theirs] = duplexPair();
  using _stream = forRequest({ id: 'ask-number-7' }, () => new InitStream(ours, { op: 'status' }, {}));
  const [line] = (await once(theirs, 'data')) as [Buffer];
  expect(JSON.parse(line.toString())).toEqual({ op: 'status', request: 'ask-number-7' });
});

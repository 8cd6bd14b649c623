import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serverWithCode } from '../support/access.ts';
import { TestPage } from '../support/gateway.ts';
import { COURSE, send, TERMINAL, upgradeLines } from '../support/raw-web.ts';

test('no cookie, code or keystroke is in a log, an address, a process list or a world-readable file', async () => {
  const CODE = 'w4xtzpk7mq';
  await using server = await serverWithCode(CODE);
  const post = (path: string, body: object, cookie?: string) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url, ...(cookie === undefined ? {} : { cookie }) },
      body: JSON.stringify(body),
    });
  const joined = await post('/api/join', { code: CODE });
  const cookie = joined.headers.getSetCookie()[0]!.split(';')[0]!;
  const value = decodeURIComponent(cookie.slice('slipway='.length));
  const [learner, signature] = value.split('.');
  const { code: recovery } = (await (await post('/api/recovery-code', {}, cookie)).json()) as { code: string };

  // Everything that is logged, with the secrets where a log might take them from: what fails most of all.
  await post('/api/recover', { code: recovery });
  await post('/api/recover', { code: `${recovery}x` });
  await post('/api/join', { code: `${CODE}x` });
  await post('/api/join', { code: [recovery, CODE] });
  await send(server.url, upgradeLines(server.url, `${TERMINAL}x`, { Cookie: cookie }));
  await send(server.url, upgradeLines(server.url, TERMINAL, { Cookie: cookie, Origin: 'https://evil.example' }));
  const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
  page.type(`echo typed-secret-${'4711'}; exit\n`);
  await page.hears('exited');
  page.sayRaw('not a message');
  await page.closed;
  await server.end('supervisor', 'SIGKILL');
  await fetch(`${server.url}${COURSE}/sandbox/home.tar`, { headers: { cookie } });
  await post(`${COURSE}/sandbox/restart`, {}, cookie);
  await server.run('supervisor');
  await post(`${COURSE}/sandbox/restart`, {}, cookie);

  const gateway = readFileSync(join(server.config.run, 'gateway.log'), 'utf8');
  const supervisor = readFileSync(join(server.config.run, 'supervisor.log'), 'utf8');
  expect(gateway).toContain('sandbox started');
  expect(supervisor).toContain('started');
  const processes = execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' });
  const secret = readFileSync(join(server.config.paths.gatewayData, 'cookie-secret'), 'utf8');
  const secrets = {
    value,
    learner: learner!,
    signature: signature!,
    recovery,
    plain: recovery.replaceAll('-', ''),
    CODE,
    secret,
    typed: 'typed-secret-4711',
  };
  for (const [where, text] of Object.entries({ gateway, supervisor, processes })) {
    for (const [what, each] of Object.entries(secrets)) expect(text.includes(each), `${what} in ${where}`).toBe(false);
  }
  const readable = execFileSync('find', [server.config.run, '-type', 'f', '-perm', '/o+r', '-print0'], {
    encoding: 'utf8',
  });
  for (const path of readable.split('\0').filter((name) => name !== '')) {
    const text = readFileSync(path, 'latin1');
    for (const [what, each] of Object.entries(secrets)) expect(text.includes(each), `${what} in ${path}`).toBe(false);
  }
  // A recovery code is kept as what it hashes to.
  const database = execFileSync(
    'cat',
    [join(server.config.paths.gatewayData, 'slipway.db'), join(server.config.paths.gatewayData, 'slipway.db-wal')],
    { encoding: 'latin1' },
  );
  expect(database.includes(recovery.replaceAll('-', ''))).toBe(false);
});

/** Sockets that are held for the server, as systemd does: a restart of both parts refuses no connection, and ends no shell. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { commandsFor } from '../../sandbox-server/cli/serve/commands.ts';
import { findUser } from '../../sandbox-server/cli/stages/system-user.ts';
import { removeEverything } from '../../sandbox-server/sandbox/oci/supervisor/remove-everything.ts';
import { ownConfig } from '../support/config.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { COURSE } from '../support/raw-web.ts';

const HOLDER = join(import.meta.dirname, '../support/socket-holder.pl');

test('a restart of gateway and supervisor refuses nobody, cuts no answer, and ends no shell', async () => {
  const { config, path } = await ownConfig();
  const commands = commandsFor(config, path, findUser(config.user)!);
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => void (await removeEverything(config)));
  const hold = (name: string, where: string[], command: string[]) => {
    const log = openSync(join(config.run, `${name}.log`), 'a');
    const child = spawn('perl', [HOLDER, ...where, '--', ...command], { stdio: ['ignore', log, log], cwd: '/' });
    stack.defer(() => ended(child));
    return child;
  };
  const supervisor = hold('supervisor', [config.paths.supervisorSocket], commands.supervisor!);
  await expect.poll(() => existsSync(config.paths.supervisorSocket)).toBe(true);
  const gateway = hold('gateway', [config.host, String(config.port)], commands.gateway);

  const url = config.urls[0]!;
  await expect.poll(() => isUp(url), { timeout: 30_000 }).toBe(true);
  const cookie = await visit(url);
  const terminal = `${COURSE}/terminals/main`;
  const page = await TestPage.open(url, cookie, terminal);
  await page.attach();
  page.type('echo shell-$$-is-it\n');
  await page.shows(/shell-\d+-is-it/);
  const [shell] = /shell-\d+-is-it/.exec(page.text)!;

  const visitors = comeAllTheTime(url);
  await sleep(200);
  const before = childOf(gateway);
  gateway.kill('SIGHUP');
  expect((await page.closed).reason).toBe('server-stopping');
  supervisor.kill('SIGHUP');
  await expect.poll(() => childOf(gateway) !== before && isUp(url), { timeout: 30_000 }).toBe(true);
  await sleep(200);
  const { answered, failed } = await visitors.stop();
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(20);

  const again = await TestPage.open(url, cookie, terminal);
  await again.attach();
  again.type('echo shell-$$-is-it\n');
  await again.shows(new RegExp(`${shell}[^]*${shell}`));
  again.close();
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await end;
}

function childOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
}

const isUp = (url: string) =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** A new connection every few milliseconds, none of which waits for the one before. */
function comeAllTheTime(url: string) {
  const failed: string[] = [];
  let answered = 0;
  const under = new Set<Promise<void>>();
  const come = () => {
    const visitor = new Promise<void>((resolve) => {
      const request = get(`${url}/healthz`, { agent: false }, (response) => {
        response.resume();
        response.once('end', () => {
          if (response.statusCode === 200) answered++;
          else failed.push(`status ${response.statusCode}`);
          resolve();
        });
        response.once('error', (error) => (failed.push(error.message), resolve()));
      });
      request.once('error', (error) => (failed.push(error.message), resolve()));
    });
    under.add(visitor);
  };
  const timer = setInterval(come, 10);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      return { answered, failed };
    },
  };
}

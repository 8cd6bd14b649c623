import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { claimOf } from '../../sandbox-server/cli/serve/claims.ts';
import { testConfig } from '../support/config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { Slipway } from './slipway.ts';

const { data, cgroup, idBase, idCount } = testConfig();

const ownCgroup = `${cgroup}-${process.pid}-0`;
let run: string;
let args: string[];
let servers: Slipway[];

beforeEach(() => {
  const folder = temporaryFolder();
  // The gateway must be able to pass.
  chmodSync(folder, 0o755);
  run = join(folder, 'r');
  const ids = ['--id-base', String(idBase), '--id-count', String(idCount)];
  args = ['--data', data, '--run', run, '--cgroup', ownCgroup, '--port', '0', ...ids];
  servers = [];
});

afterEach(async () => {
  for (const { child, ended } of servers) {
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(claimOf(ownCgroup), { recursive: true });
});

function start(): Slipway {
  const server = new Slipway(['start', ...args]);
  servers.push(server);
  return server;
}

const address = async (server: Slipway) => (await server.prints(/http:\/\/127\.0\.0\.1:\d+\//)).trim();

/** Processes that were started with this run folder's configuration: supervisor and gateway. */
function processes(): { pid: number; command: string }[] {
  const config = join(run, 'config.json');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: commandLine(name) }))
    .filter(({ command }) => command.includes(config));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

const gateway = () => processes().find(({ command }) => command.includes('/sandbox-server/main.ts'));

test('start prints an address that answers, and SIGTERM ends both processes in order', async () => {
  const server = start();
  expect((await fetch(await address(server))).status).toBe(200);
  expect(processes()).toHaveLength(2);
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(0);
  expect(processes()).toEqual([]);
});

test('the gateway loads code that was compiled when the program was copied', async () => {
  await address(start());
  const environment = readFileSync(`/proc/${gateway()!.pid}/environ`, 'utf8').split('\0');
  const cache = environment.find((each) => each.startsWith('NODE_COMPILE_CACHE='))!.split('=')[1]!;
  const { uid } = statSync(`/proc/${gateway()!.pid}`);
  expect(uid).not.toBe(0);
  const own = readdirSync(cache).find((name) => name.endsWith(`-${uid}`))!;
  expect(statSync(join(cache, own)).isDirectory()).toBe(true);
  const files = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  expect(files.length).toBeGreaterThan(100);
  for (const { parentPath, name } of files) expect(statSync(join(parentPath, name)).mode & 0o777, name).toBe(0o644);
});

test('the gateway runs as an ordinary user that can become nothing more', async () => {
  await address(start());
  const status = readFileSync(`/proc/${gateway()!.pid}/status`, 'utf8');
  expect(status).not.toMatch(/^Uid:\s+0/m);
  expect(status).toMatch(/^Groups:\s*$/m);
  expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) expect(status).toMatch(new RegExp(`^Cap${set}:\\s+0+$`, 'm'));
});

test('the supervisor has no network but its own loopback', async () => {
  await address(start());
  const supervisor = processes().find(({ command }) => command.includes('/supervisor/main.ts'))!;
  const interfaces = execFileSync('nsenter', ['--net', `--target=${supervisor.pid}`, 'cat', '/proc/net/dev'], {
    encoding: 'utf8',
  });
  expect(interfaces.match(/^\s*\w+:/gm)?.map((name) => name.trim())).toEqual(['lo:']);
});

test('a gateway that is killed comes back under the same address', async () => {
  const server = start();
  const url = await address(server);
  process.kill(gateway()!.pid, 'SIGKILL');
  await server.prints(/The gateway ended \(ended by SIGKILL\) and is started again/);
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(200), 10_000);
});

test('a start that is killed leaves no process behind', async () => {
  const server = start();
  await address(server);
  server.child.kill('SIGKILL');
  await vi.waitFor(() => expect(processes()).toEqual([]), 10_000);
});

test('a second start on the same data is refused, with who has it', async () => {
  const url = await address(start());
  const { status, output } = await new Slipway(['start', ...args]).ended;
  expect(status).toBe(1);
  expect(output).toContain(`A Slipway that runs already has the data in ${data}`);
  expect(output).toContain(url.replace(/\/$/, ''));
});

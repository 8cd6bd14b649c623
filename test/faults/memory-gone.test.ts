import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { initOf } from '../support/host.ts';
import { TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';
import { refusalOf } from '../support/told.ts';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Until disposed, these system calls of a part of the server, and of all that it starts, fail for want of memory. */
async function without(part: 'gateway' | 'supervisor', calls: string): Promise<AsyncDisposable> {
  const inject = [`trace=${calls}`, `inject=${calls}:error=ENOMEM`].flatMap((each) => ['-e', each]);
  const strace = spawn('strace', ['-f', '-o', '/dev/null', ...inject, '-p', String(server.pid(part))], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { promise: attached, resolve, reject } = Promise.withResolvers<void>();
  let said = '';
  strace.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('attached')) resolve();
  });
  const ended = once(strace, 'exit');
  void ended.then(() => reject(new Error(`strace: ${said}`)));
  await attached;
  return {
    async [Symbol.asyncDispose]() {
      strace.kill('SIGTERM');
      await ended;
    },
  };
}

test.each([
  { part: 'supervisor', calls: 'clone,clone3,vfork', what: 'a process' },
  { part: 'supervisor', calls: 'mount', what: 'a mount' },
  { part: 'supervisor', calls: 'execve', what: 'a program' },
  { part: 'gateway', calls: 'connect', what: 'a connection' },
] as const)(
  'a $part that gets no memory for $what says so to who comes, and keeps all whom it has',
  async ({ part, calls }) => {
    const cookie = await visit(server.url);
    const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
    await page.shows(/\$ /);
    const running = new Set(readdirSync(join(server.config.run, 'sandboxes')));
    const inits = [...running].map((id) => initOf(server, id));
    const newcomer = await visit(server.url);
    {
      await using _without = await without(part, calls);
      expect(await refusalOf(server.url, newcomer, TERMINAL)).toBe('server-exhausted');
      page.type(`echo meanwhile-$((1))\n`);
      await page.shows(/meanwhile-1\r\n/);
    }
    await (await TestPage.open(server.url, newcomer, TERMINAL)).attach();
    const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
    expect((await again.hears('attached')).shell).toBe((await page.hears('attached')).shell);
    expect([...running].map((id) => initOf(server, id))).toEqual(inits);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  },
);

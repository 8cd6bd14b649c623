import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { TestServer } from '../support/server.ts';

const TERMINAL = '/api/courses/containers-and-docker/terminals/main';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function learner(): Promise<{ cookie: string; page: TestPage }> {
  const cookie = await visit(server.url);
  const page = await TestPage.open(server.url, cookie, TERMINAL);
  await page.attach();
  return { cookie, page };
}

test('neither part of the server runs with more rights than it needs', async () => {
  const status = (pid: number) => execFileSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' });
  const gateway = status(server.pid('gateway'));
  expect(gateway).not.toMatch(/^Uid:\s+0/m);
  expect(gateway).toMatch(/^CapEff:\s+0+$/m);
  expect(gateway).toMatch(/^NoNewPrivs:\s+1$/m);
  const net = (pid: number | 'self') => execFileSync('readlink', [`/proc/${pid}/ns/net`], { encoding: 'utf8' });
  expect(net(server.pid('supervisor'))).not.toBe(net('self'));
});

test('restarting gateway and supervisor ends no shell, and no byte is lost or doubled', async () => {
  const { cookie, page } = await learner();
  page.type('for i in $(seq 1 400); do echo "line-$i"; sleep 0.01; done\n');
  await page.shows(/line-50\r\n/);
  const { shell } = await page.hears('attached');
  await server.end('gateway');
  await server.end('supervisor');
  await page.closed;
  const [text, from] = [page.text, page.position];
  await server.run('supervisor');
  await server.run('gateway');
  const after = await TestPage.open(server.url, cookie, TERMINAL);
  await after.attach({ from, shell });
  await after.shows(/line-400\r\n/);
  expect((await after.hears('attached')).shell).toBe(shell);
  const lines = [...(text + after.text).matchAll(/line-(\d+)\r\n/g)].map((match) => Number(match[1]));
  expect(lines).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
});

test('output that no longer fits is cut at its old end, and the viewer is told', async () => {
  const { cookie, page } = await learner();
  page.type('seq 1 300000; echo the-$((1))-end\n');
  await page.shows(/the-1-end\r\n/, 30_000);
  const late = await TestPage.open(server.url, cookie, TERMINAL);
  await late.attach();
  expect(await late.hears('attached')).toMatchObject({ cut: true });
  await late.shows(/the-1-end\r\n/);
  expect(late.text).toMatch(/^\d+\r\n/);
  expect(late.bytes).toBeGreaterThan(900_000);
});

test('a flood is held, and Ctrl-C ends it', async () => {
  const { page } = await learner();
  await page.shows(/\$ /);
  page.type('yes\n');
  await expect.poll(() => page.bytes, { timeout: 15_000 }).toBeGreaterThan(10_000_000);
  page.type('\x03');
  await expect.poll(() => page.tail, { timeout: 15_000 }).toMatch(/\^C[^]*\$ /);
});

test('a command’s end and the prompt are told', async () => {
  const { page } = await learner();
  await expect.poll(() => page.messages.some((each) => each.type === 'prompt' && each.waiting && each.sure)).toBe(true);
  page.forget();
  page.type('(exit 3)\n');
  expect(await page.hears('command-ended')).toEqual({ type: 'command-ended', status: 3 });
  expect(await page.hears('prompt')).toEqual({ type: 'prompt', waiting: true, sure: true });
});

test('a prompt without marks is guessed, and said to be a guess', async () => {
  const { page } = await learner();
  await page.shows(/\$ /);
  page.forget();
  page.type('exec env -i PS1="plain> " bash --norc --noprofile\n');
  await page.shows(/plain> /);
  await expect.poll(() => page.messages.at(-1)).toEqual({ type: 'prompt', waiting: true, sure: false });
});

test('the learner’s home can be taken along as a tar file', async () => {
  const { cookie, page } = await learner();
  page.type(
    'mkdir -p deep/er && echo content > deep/er/file && ln -s /etc/passwd link && chmod 000 deep/er/file && echo do""ne\n',
  );
  await page.shows(/done\r\n/);
  page.type('chmod 644 deep/er/file; echo read""able\n');
  await page.shows(/readable\r\n/);
  const response = await fetch(`${server.url}/api/courses/containers-and-docker/sandbox/home.tar`, {
    headers: { cookie },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toContain('.tar"');
  const file = join(mkdtempSync(join(tmpdir(), 'slipway-test-')), 'home.tar');
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  expect(execFileSync('tar', ['-xOf', file, 'learner/deep/er/file'], { encoding: 'utf8' })).toBe('content\n');
  expect(execFileSync('tar', ['-tvf', file], { encoding: 'utf8' })).toContain('learner/link -> /etc/passwd');
});

test('a sandbox restarts with its files and without its programs', async () => {
  const { cookie, page } = await learner();
  page.type('echo kept > note; sleep 1000 & echo star""ted\n');
  await page.shows(/started\r\n/);
  const restart = await fetch(`${server.url}/api/courses/containers-and-docker/sandbox/restart`, {
    method: 'POST',
    headers: { cookie, origin: server.url, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(restart.status).toBe(204);
  await page.closed;
  const after = await TestPage.open(server.url, cookie, TERMINAL);
  await after.attach();
  after.type('cat note; pgrep -c sleep; echo do""ne\n');
  await after.shows(/kept\r\n0\r\ndone\r\n/);
});

/** A terminal of a learner's own at its prompt, one of the lesson in the same sandbox, and how the first is closed. */
async function ownTerminal() {
  const { cookie, page: lesson } = await learner();
  const path = TERMINAL.replace('main', 'extra-1');
  const own = await TestPage.open(server.url, cookie, path);
  await own.attach();
  await own.shows(/\$ /);
  const close = async (unless?: 'busy'): Promise<unknown> => {
    const headers = { cookie, origin: server.url, 'content-type': 'application/json' };
    const body = JSON.stringify({ unless });
    const response = await fetch(`${server.url}${path}/close`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    return response.json();
  };
  let asked = 0;
  const counts = async (program: string, count: number): Promise<void> => {
    const word = `${program}-${count}-${++asked}`;
    lesson.type(`until [ "$(pgrep -cx ${program})" = ${count} ]; do sleep 0.1; done; echo ${word}-o""k\n`);
    await lesson.shows(new RegExp(`${word}-ok\r\n`));
  };
  return { own, close, counts };
}

test('a terminal of one’s own is closed as a window is: what runs in it gets a SIGHUP', async () => {
  const { own, close, counts } = await ownTerminal();
  own.type('tail -f /dev/null & tail -f /dev/null\n');
  await counts('tail', 2);
  expect(await close('busy')).toEqual({ closed: false });
  await counts('tail', 2);
  expect(await close()).toEqual({ closed: true });
  expect(await own.hears('exited')).toMatchObject({ signal: 'hangup' });
  await counts('tail', 0);
  await counts('bash', 1);
});

test('a shell at its prompt is not busy, jobs behind it or not', async () => {
  const { own, close } = await ownTerminal();
  own.type('tail -f /dev/null & echo star""ted\n');
  await own.shows(/started\r\n[^]*\$ /);
  expect(await close('busy')).toEqual({ closed: true });
});

test('a shell that ignores the SIGHUP ends all the same', async () => {
  const { own, close, counts } = await ownTerminal();
  own.type('exec sh -c "trap \'\' HUP; echo de\\"\\"af; while :; do read -t 1 x; sleep 1; done"\n');
  await own.shows(/deaf\r\n/);
  expect(await close()).toEqual({ closed: true });
  expect(await own.hears('exited')).toMatchObject({ signal: 'killed' });
  await counts('sh', 0);
});

test('a terminal that floods is closed at once, though its reader is slow', async () => {
  const { own, close, counts } = await ownTerminal();
  own.acknowledges = false;
  own.type('yes\n');
  await expect.poll(() => own.bytes, { timeout: 15_000 }).toBeGreaterThan(500_000);
  expect(await close('busy')).toEqual({ closed: false });
  expect(await close()).toEqual({ closed: true });
  await counts('yes', 0);
});

test('a program that needs too much memory is ended, the learner is told, and the shell goes on', async () => {
  const { page } = await learner();
  page.type('head -c 2G /dev/zero | tail -c 2G > /dev/null; echo still-$((1+1))\n');
  await page.shows(/still-2\r\n/, 30_000);
  expect(await page.hears('notice')).toMatchObject({ code: 'out-of-memory' });
});

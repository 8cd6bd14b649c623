/**
 * The server as systemd's units, in the VM: `node test/vm/service.ts`. Installs them, and takes a learner's shell through
 * restarts of both, with visitors all the time; then everything ends, as at a boot, and the learner's file is still there.
 */
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';

const root = join(import.meta.dirname, '..', '..');
const url = 'http://127.0.0.1:8080';
const UNITS = ['slipway', 'slipway-supervisor', 'slipway-prepare', 'slipway-registry@shared'];
/** Emulated processors are slow. */
const PATIENCE_MS = 180_000;
const COURSE = 'containers-and-docker';

const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8', cwd: root });
const say = (text: string) => console.log(text);

/** A learner's terminal: what it printed since this connection was made. */
async function openTerminal(
  cookie: string,
): Promise<{ socket: WebSocket; shows: (pattern: RegExp) => Promise<string> }> {
  const deadline = performance.now() + PATIENCE_MS;
  let text = '';
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/courses/${COURSE}/terminals/main`, {
    headers: { origin: url, cookie },
  });
  let position = 0;
  const attached = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) {
      const message = JSON.parse(data.toString()) as { type: string; from?: number };
      if (message.type !== 'attached') return;
      position = message.from!;
      attached.resolve();
      return;
    }
    text += data.toString();
    position += data.length;
    socket.send(JSON.stringify({ type: 'parsed', position }));
  });
  socket.on('error', (error) => say(`the terminal's socket: ${error.message}`));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ type: 'open', visible: true, columns: 80, rows: 24 }));
  // What is typed before is lost: nobody is there yet to read it.
  await attached.promise;
  const shows = async (pattern: RegExp) => {
    while (performance.now() < deadline) {
      const found = pattern.exec(text);
      if (found) return found[0];
      await sleep(100);
    }
    throw new Error(`the terminal did not show ${pattern}, but: ${text.slice(-2000)}`);
  };
  return { socket, shows };
}

/** New connections all the time, until they are stopped. */
function visitors() {
  const failed: string[] = [];
  let answered = 0;
  const all: Promise<void>[] = [];
  const timer = setInterval(() => {
    const { promise, resolve } = Promise.withResolvers<void>();
    all.push(promise);
    get(`${url}/healthz`, { agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) answered++;
      else failed.push(`status ${response.statusCode}`);
      response.once('close', resolve);
    }).once('error', (error) => (failed.push(error.message), resolve()));
  }, 100);
  return async () => {
    clearInterval(timer);
    await Promise.all(all);
    return { answered, failed };
  };
}

function must(holds: boolean, what: string): void {
  say(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) process.exitCode = 1;
}

// With --installed for whoever looks into one VM for long.
if (!process.argv.includes('--installed'))
  say(run('node', 'sandbox-server/cli/main.ts', 'service', 'install', '--no-install'));
for (const unit of UNITS)
  say(run('sh', '-c', `systemd-analyze security --no-pager ${unit}.service | tail -n 1`).trim());

const response = await fetch(`${url}/api/session`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin: url },
  body: '{}',
});
const cookie = response.headers.get('set-cookie')!.split(';')[0]!;
const first = await openTerminal(cookie);
first.socket.send(Buffer.from('echo kept > file; sync; echo shell-$$-\n'));
const shell = await first.shows(/shell-\d+-/);

const sandboxes = run('systemctl', 'show', '--property=ControlGroup', '--value', 'slipway-sandboxes.service').trim();
const groups = join('/sys/fs/cgroup', sandboxes);
const group = readdirSync(groups).find((name) => /^[0-9a-z]{16,}/.test(name)) ?? '';
for (const file of ['memory.max', 'pids.max', 'cpu.max', 'io.max']) {
  // Some stand in the group of the learner's programs, some in that of the whole sandbox.
  const limits = [group, join(group, 'learner')].map((each) => readFileSync(join(groups, each, file), 'utf8').trim());
  must(
    limits.some((limit) => limit !== '' && !limit.startsWith('max')),
    `a sandbox's ${file}: ${limits.join('; learner: ')}`,
  );
}

const stop = visitors();
// Not `run`, which would keep the visitors from coming until it is over.
await promisify(execFile)('systemctl', ['restart', 'slipway-supervisor.service', 'slipway.service']);
await sleep(1000);
const { answered, failed } = await stop();
must(
  failed.length === 0 && answered > 3,
  `visitors during a restart of both: ${answered} answered, ${failed.length} not ${failed.join(', ')}`,
);
const second = await openTerminal(cookie);
second.socket.send(Buffer.from('echo again-shell-$$-\n'));
must((await second.shows(/again-shell-\d+-/)) === `again-${shell}`, 'the shell is the one from before the restart');

const slipway = (...args: string[]) => run('node', 'sandbox-server/cli/main.ts', ...args);
must(slipway('ps').includes(`${group.slice(0, 6)}`), 'ps shows the sandbox');
const journal = slipway('logs', group);
must(
  / gateway +sandbox started /.test(journal) && / supervisor +started /.test(journal),
  'logs shows what the journal has of it, of both processes',
);

// What a boot ends.
run(
  'systemctl',
  'stop',
  'slipway.socket',
  'slipway.service',
  'slipway-supervisor.socket',
  'slipway-supervisor.service',
);
run('systemctl', 'stop', 'slipway-sandboxes.service');
run('rm', '-rf', '/run/slipway');
run('systemctl', 'start', 'slipway-supervisor.socket', 'slipway.socket', 'slipway.service');
const third = await openTerminal(cookie);
third.socket.send(Buffer.from('echo file-is-$(cat file)-\n'));
must((await third.shows(/file-is-kept-/)) !== '', 'the learner’s file is there after all has ended and /run was empty');
if (!process.argv.includes('--installed')) say(run('node', 'sandbox-server/cli/main.ts', 'service', 'uninstall'));
process.exit();

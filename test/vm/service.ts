/**
 * The server as systemd's units with Caddy before it, in the VM: `node test/vm/service.ts`. Installs both, takes a
 * learner's shell through restarts and an upgrade with visitors all the time, has limits stop a program, tests a lesson
 * beside the service, and reboots: then the service comes by itself, and the learner's file is still there.
 */
import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ask, NAME, Terminal, untilAnswered, URL, visitors } from './learner.ts';

const root = join(import.meta.dirname, '..', '..');
const UNITS = ['slipway', 'slipway-supervisor', 'slipway-prepare', 'slipway-registry@shared'];
const SETTINGS = ['--url', URL, '--trusted-proxies', '127.0.0.1'];
/** The run knows by this file that a reboot is wanted (guest/run); it holds what is to be known after it. */
const AGAIN = '/srv/job/again';

const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8', cwd: root });
/** Not `run`, which would keep the visitors from coming until it is over. */
const beside = (program: string, ...args: string[]) => promisify(execFile)(program, args, { cwd: root });
const CLI = 'sandbox-server/cli/main.ts';
const slipway = (...args: string[]) => run('node', CLI, ...args);
const say = (text: string) => console.log(text);

function must(holds: boolean, what: string): void {
  say(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) process.exitCode = 1;
}

/** The shipped Caddyfile, with this name and the line for an authority of its own, as docs/service.md says. */
function installCaddy(): void {
  const shipped = readFileSync(join(root, 'deploy/caddy/Caddyfile'), 'utf8');
  const ours = shipped.replace('{$SLIPWAY_NAME:class.example}', NAME).replace('# tls internal', 'tls internal');
  appendFileSync('/etc/hosts', `127.0.0.1 ${NAME}\n`);
  mkdirSync('/etc/caddy', { recursive: true });
  writeFileSync('/etc/caddy/Caddyfile', ours);
  run('systemctl', 'enable', '--quiet', 'caddy.service');
  run('systemctl', 'restart', 'caddy.service');
}

/** The kernel's files have the limits of a sandbox of both: its own group, and that of the learner's programs. */
function limitsAreWritten(): string {
  const parent = run('systemctl', 'show', '--property=ControlGroup', '--value', 'slipway-sandboxes.service').trim();
  const groups = join('/sys/fs/cgroup', parent);
  // Others run ahead, and are nobody's yet: `ps` does not list them.
  const listed = slipway('ps');
  const group =
    readdirSync(groups).find((name) => /^[0-9a-z]{16,}/.test(name) && listed.includes(name.slice(0, 6))) ?? '';
  for (const file of ['memory.max', 'pids.max', 'cpu.max', 'io.max']) {
    const limits = [group, join(group, 'learner')].map((each) => readFileSync(join(groups, each, file), 'utf8').trim());
    must(
      limits.some((limit) => limit !== '' && !limit.startsWith('max')),
      `a sandbox's ${file}: ${limits.join('; learner: ')}`,
    );
  }
  return group;
}

/** While `work` is done visitors come, and a program of the learner's counts; both must not notice. */
async function unnoticed(what: string, cookie: string, shell: string, work: () => Promise<unknown>): Promise<void> {
  const mark = what.replaceAll(' ', '-');
  {
    using before = await Terminal.open(cookie);
    before.type(`clear; for i in $(seq 200); do echo "${mark}-$i."; sleep 0.2; done; echo "${mark}-over-$$."`);
    await before.shows(new RegExp(`${mark}-3\\.`));
  }
  const stop = visitors();
  await work();
  await sleep(1000);
  const { answered, failed } = await stop();
  must(
    failed.length === 0 && answered > 3,
    `visitors during ${what}: ${answered} answered, ${failed.length} not ${failed.join(', ')}`,
  );
  using after = await Terminal.open(cookie);
  const over = await after.shows(new RegExp(`${mark}-1\\.\\r\\n([^]*${mark}-200\\.)\\r\\n${mark}-over-(\\d+)\\.`));
  const numbers = over[1]!.split('\r\n').map((line) => Number(/-(\d+)\.$/.exec(line)?.[1]));
  must(
    numbers.length === 199 && numbers.every((number, index) => number === index + 2),
    `what was printed during ${what} is there, each line once`,
  );
  must(over[2] === shell, `the shell is the one from before ${what}`);
}

/** What an operator does who pulls a newer version. */
async function upgrade(): Promise<void> {
  const manifest = join(root, 'package.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"version": "0.1.0"', '"version": "0.1.1"'));
  appendFileSync(join(root, 'sandbox-server/main.ts'), '\n// Another program than the one before.\n');
  await beside('node', CLI, 'service', 'install', '--no-install', ...SETTINGS);
}
const programOf = (unit: string) => run('systemctl', 'show', '--property=ExecStart', '--value', `${unit}.service`);

async function beforeTheReboot(): Promise<void> {
  say(run('node', CLI, 'service', 'install', '--no-install', ...SETTINGS));
  for (const unit of UNITS)
    say(run('sh', '-c', `systemd-analyze security --no-pager ${unit}.service | tail -n 1`).trim());
  installCaddy();
  await untilAnswered();

  const { status, cookie } = await ask('POST', '/api/session');
  must(status === 200, 'a learner comes in through Caddy');
  using terminal = await Terminal.open(cookie);
  terminal.type('echo kept > file; sync; echo shell-$$-');
  const shell = (await terminal.shows(/shell-(\d+)-/))[1]!;
  const group = limitsAreWritten();

  terminal.type('tail /dev/zero; echo "tail ended with $?."');
  must((await terminal.shows(/tail ended with (\d+)\./))[1] === '137', 'a program that takes all memory is ended');
  must(await terminal.notices('out-of-memory'), 'the learner is told why');
  // Not by the shell, which tries each again for seconds.
  terminal.type(
    `perl -e 'while (defined($p = fork)) { exec("sleep", 60) if !$p; push @k, $p } print "forked ", scalar(@k), ".\\n"; kill 9, @k'`,
  );
  await terminal.shows(/forked \d+\./);
  must(await terminal.notices('too-many-processes'), 'processes have an end, and the learner is told');

  must(group !== '', 'ps shows the sandbox');
  const journal = slipway('logs', group);
  must(
    / gateway +sandbox started /.test(journal) && / supervisor +started /.test(journal),
    'logs shows what the journal has of it, of both processes',
  );

  await unnoticed('a restart', cookie, shell, () =>
    beside('systemctl', 'restart', 'slipway-supervisor.service', 'slipway.service'),
  );
  const old = programOf('slipway');
  await unnoticed('an upgrade', cookie, shell, upgrade);
  must(programOf('slipway') !== old, 'another program runs than before the upgrade');

  const tested = await beside('node', CLI, 'lesson', 'test', 'lessons/containers-and-docker/01-introduction').then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`,
  );
  must(/1 lesson passed/.test(tested), `lesson test beside the service: ${tested.trim().split('\n').at(-1)}`);
  must((await ask('GET', '/healthz')).status === 200, 'the service goes on beside it');
  writeFileSync(AGAIN, JSON.stringify({ cookie, shell }));
}

async function afterTheReboot(): Promise<void> {
  const { cookie } = JSON.parse(readFileSync(AGAIN, 'utf8')) as { cookie: string };
  rmSync(AGAIN);
  const took = await untilAnswered();
  say(`ok   the service answers by itself, ${Math.round(took / 1000)} s after the machine was up`);
  for (const unit of [...UNITS, 'caddy']) {
    const state = run('systemctl', 'show', '--property=ActiveState', '--value', unit).trim();
    // Set-up is done once a boot, and then over.
    must(state === (unit === 'slipway-prepare' ? 'inactive' : 'active'), `${unit} is ${state}`);
  }
  using terminal = await Terminal.open(cookie);
  terminal.type('echo "file-is-$(cat file)-"');
  await terminal.shows(/file-is-kept-/);
  say('ok   the learner’s file is there after the reboot, for the same cookie');
  limitsAreWritten();
  must(slipway('ps').includes('ready'), 'ps shows the sandbox again');
  say(slipway('service', 'uninstall'));
  must(!existsSync('/etc/systemd/system/slipway.service'), 'uninstall took the units away');
}

await (existsSync(AGAIN) ? afterTheReboot() : beforeTheReboot());
process.exit();

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { OciDriver } from '../../sandbox-server/sandbox/oci/driver.ts';
import { allTracesOf, idsOf } from '../support/host.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { COURSE, TERMINAL } from '../support/raw-web.ts';
import { TestServer } from '../support/server.ts';

// Where there is an engine, root has process 1 in hand: may trace it, and write to its memory. That gives no more power
// than root has in there already; the server goes on, and can end the sandbox.

let server: TestServer;
let driver: OciDriver;
let neighbour: TestPage | undefined;

beforeAll(async () => {
  server = await TestServer.start();
  driver = new OciDriver({ run: server.config.run, socket: server.config.paths.supervisorSocket });
});
// Not in beforeAll: waiting for what a page hears is an assertion.
beforeEach(async () => {
  neighbour ??= await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
});
afterAll(async () => {
  await driver?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

let rounds = 0;
/** The neighbour's shell answers. */
async function neighbourAnswers(): Promise<void> {
  const word = `round-${++rounds}`;
  neighbour!.type(`echo ${word.replace('-', '-$((0))')}\n`);
  await neighbour!.shows(new RegExp(`${word.replace('-', '-0')}\r\n`));
}

const post = (path: string, cookie: string) =>
  fetch(server.url + path, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', origin: server.url, cookie },
  });

/** Numbers of x86-64: ptrace, and its ATTACH. */
const [PTRACE, ATTACH] = [101, 16];

const SEIZED: [title: string, script: string][] = [
  // It stands still, each thread of it, and answers nothing more.
  [
    'stops',
    `print "seized-$$\\n"; select(undef, undef, undef, 0.3); my %held; for my $round (1 .. 5) { for (glob("/proc/1/task/*")) { /(\\d+)$/; my $thread = 0 + $1;
       $held{$thread}++ or syscall(${PTRACE}, ${ATTACH}, $thread, 0, 0) == 0 or die "attach: $!" } select(undef, undef, undef, 0.05) }
     sleep 600`,
  ],
  // Its own code, data and stack are garbage, from one moment to the next.
  [
    'overwrites',
    `open(my $maps, "<", "/proc/1/maps") or die $!; my @parts = grep { /^[0-9a-f]+-[0-9a-f]+ [r-][w-]/ } <$maps>;
     open(my $mem, "+<", "/proc/1/mem") or die "mem: $!"; print "seized-$$\\n"; select(undef, undef, undef, 0.3);
     for (@parts) { /^([0-9a-f]+)-([0-9a-f]+)/; sysseek($mem, hex $1, 0); syswrite($mem, "\\xcc" x ((hex($2) - hex($1)) > 1 << 22 ? 1 << 22 : hex($2) - hex($1))) }
     sleep 600`,
  ],
];

test.runIf(process.arch === 'x64').each(SEIZED)(
  'root that %s init harms nobody else, and is told what happened',
  async (_what, script) => {
    const cookie = await visit(server.url);
    const before = new Set((await driver.list()).map(({ id }) => id));
    const page = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
    const { id } = (await driver.list()).find((each) => !before.has(each.id))!;
    const ids = idsOf(server, id);
    page.type(`sudo perl -e '$| = 1; ${script.replaceAll(/\s*\n\s*/g, ' ')}'\n`);
    await page.shows(/seized-\d+\r\n/);
    await sleep(1000);
    await neighbourAnswers();

    // Another page of the learner's hears in time that their sandbox does not answer, or gets a new shell.
    const other = await TestPage.open(server.url, cookie, TERMINAL);
    other.say({ type: 'open', visible: true, columns: 80, rows: 24 });
    const began = Date.now();
    await Promise.race([other.closed, other.hears('attached', 20_000)]);
    expect(Date.now() - began).toBeLessThan(20_000);
    const ended = await Promise.race([other.closed, Promise.resolve(undefined)]);
    if (ended) expect(Object.values(ERRORS).map(({ close }) => close)).toContain(ended.code);
    await neighbourAnswers();

    // They go on after a restart, with their files; and what they had is gone when they are.
    expect((await post(`${COURSE}/sandbox/restart`, cookie)).status).toBe(204);
    const again = await (await TestPage.open(server.url, cookie, TERMINAL)).attach();
    again.type('echo back-$((1))\n');
    await again.shows(/back-1\r\n/);
    expect((await post('/api/progress/delete', cookie)).status).toBe(204);
    await expect.poll(() => allTracesOf(server.config, id, ids), { timeout: 10_000 }).toEqual([]);
    await neighbourAnswers();
  },
);

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestPage, visit } from '../support/gateway.ts';
import { COURSE, Opcode, RawSocket, TERMINAL, webSocketFrame } from '../support/raw-web.ts';
import { residentBytes } from '../support/resident.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Each terminal that floods may cost the server so much. */
const EACH = 5_000_000;

const FLOODS = [
  'yes',
  'cat /dev/urandom',
  `head -c 1G /dev/zero | tr '\\0' x`,
  `while :; do printf '\\033]0;'; head -c 50M /dev/zero | tr '\\0' t; printf '\\007'; done`,
  `while :; do printf '\\033[?25h\\033]133;B\\007\\033]133;D;1\\007'; done`,
];
/** A terminal for each of them: all that one page shows, and a learner's own. */
const TERMINALS = ['main', 'extra-1', 'extra-2', 'extra-3', 'extra-4'].map((name) => `${COURSE}/terminals/${name}`);

/** The most that the gateway's memory grows by within some seconds in which `meanwhile` is done again and again. */
async function growth(ms: number, meanwhile: () => void = () => undefined): Promise<number> {
  const resident = () => residentBytes(server.pid('gateway'));
  const before = resident();
  let most = 0;
  for (const until = Date.now() + ms; Date.now() < until; await sleep(50)) {
    meanwhile();
    most = Math.max(most, resident() - before);
  }
  return most;
}

test('terminals that flood into pages that never read cost the server little', async () => {
  const cookie = await visit(server.url);
  const mute: RawSocket[] = [];
  for (const path of TERMINALS) mute.push(await (await RawSocket.open(server.url, cookie, path)).attach());
  for (const [n, raw] of mute.entries()) {
    raw.type(`${FLOODS[n]}\n`);
    raw.socket.pause();
  }
  // A thousand changes of size a second.
  const most = await growth(4000, () => {
    for (const raw of mute) {
      for (let n = 0; n < 10; n++) {
        raw.write(webSocketFrame(Opcode.Text, `{"type":"resize","columns":${40 + n},"rows":${20 + n}}`));
      }
    }
  });
  expect(most).toBeLessThan(EACH * mute.length);
  for (const raw of mute) raw.socket.destroy();
});

test('terminals that flood into pages that take it or are hidden cost the server little, and Ctrl-C ends it', async () => {
  const [taking, hiding] = [await visit(server.url), await visit(server.url)];
  const pages: { page: TestPage; hides: boolean; flood: string }[] = [];
  for (const [n, path] of TERMINALS.entries()) {
    for (const [cookie, hides] of [
      [taking, false],
      [hiding, true],
    ] as const) {
      const page = await (await TestPage.open(server.url, cookie, path)).attach();
      page.sink = () => undefined;
      pages.push({ page, hides, flood: FLOODS[n]! });
    }
  }
  for (const { page, hides, flood } of pages) {
    page.type(`${flood}\n`);
    if (hides) page.say({ type: 'hide' });
  }
  expect(await growth(3000)).toBeLessThan(EACH * pages.length);
  for (const { page, hides } of pages) {
    page.sink = undefined;
    if (hides) {
      page.forget();
      page.say({ type: 'show', from: page.position });
      await page.hears('attached');
    }
    page.type('\u0003');
    await expect.poll(() => page.tail, { timeout: 30_000 }).toMatch(/\^C[^]*\$ /);
    page.type('echo; echo over-$((1))\n');
    await expect.poll(() => page.tail, { timeout: 30_000 }).toMatch(/over-1\r\n/);
    page.close();
  }
}, 90_000);

const LINES = 300_000;
const NUMBERED = `perl -e 'print "begins\\n"; printf("%010d\\n", $_) for 0 .. ${LINES - 1}'`;
const EXPECTED = Buffer.from(Array.from({ length: LINES }, (_, n) => `${String(n).padStart(10, '0')}\r\n`).join(''));
const BEGIN = Buffer.from('begins\r\n');

/** Holds every byte that comes against what was printed at its position. */
class ExactReader {
  /** Position of the first numbered line. */
  begins: number | undefined;
  /** How many bytes of it have come, each at its place. */
  right = 0;
  wrong = '';

  readonly take = (bytes: Buffer, at: number): void => {
    if (this.begins === undefined) {
      const found = bytes.indexOf(BEGIN);
      if (found === -1) return;
      this.begins = at + found + BEGIN.length;
    }
    const from = Math.max(0, this.begins - at);
    const expected = EXPECTED.subarray(at + from - this.begins, at + bytes.length - this.begins);
    const got = bytes.subarray(from, from + expected.length);
    if (got.equals(expected)) this.right += got.length;
    else this.wrong ||= `${at}: ${got.subarray(0, 100).toString()}`;
  };
}

async function reading(): Promise<{ page: TestPage; reader: ExactReader }> {
  const page = await (await TestPage.open(server.url, await visit(server.url), TERMINAL)).attach();
  const reader = new ExactReader();
  page.sink = reader.take;
  page.type(`${NUMBERED}\n`);
  await expect.poll(() => reader.begins, { timeout: 15_000 }).toBeDefined();
  return { page, reader };
}

test('a page that is slow gets every byte at its place', async () => {
  const { page, reader } = await reading();
  page.acknowledges = false;
  const saying = setInterval(() => page.say({ type: 'parsed', position: page.position }), 100);
  await expect.poll(() => reader.right, { timeout: 30_000 }).toBe(EXPECTED.length);
  clearInterval(saying);
  expect(reader.wrong).toBe('');
  page.close();
});

test('a page that is hidden while more is printed than is kept is told that bytes are gone, and gets the rest', async () => {
  const { page, reader } = await reading();
  page.say({ type: 'hide' });
  await page.hears('detached');
  page.forget();
  const left = page.position;
  // All of it is printed by then, and a third is kept.
  await sleep(1500);
  page.say({ type: 'show', from: left });
  const { from, cut } = await page.hears('attached');
  expect(from).toBeGreaterThan(left);
  expect(cut).toBe(true);
  await expect.poll(() => page.position, { timeout: 30_000 }).toBeGreaterThan(reader.begins! + EXPECTED.length);
  expect(reader.wrong).toBe('');
  expect(reader.right).toBe(EXPECTED.length - Math.max(0, from - left));
  page.close();
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { initOf } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TailTerminal } from '../support/tail.ts';

let sandboxes: RealSandboxes;
let id: string;
let terminal: TailTerminal;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
beforeEach(async () => {
  id = await sandboxes.start();
  terminal = await TailTerminal.open(sandboxes.driver, id, 'main');
  await terminal.endsWith(/\$ \S*$/);
  return async () => {
    terminal.close();
    await sandboxes.driver.destroy(id);
  };
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** Memory of init's own, in bytes: its heap ends softly at 24 MiB, its code is shared. */
const MOST = 48 * 1024 * 1024;
const resident = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${initOf(sandboxes, id)}/status`, 'utf8'))![1]) * 1024;

test.each([
  ['a title of 20 MB', "printf '\\033]0;'; head -c 20M /dev/zero | tr '\\0' t; printf '\\007'"],
  ['a line of 50 MB', "head -c 50M /dev/zero | tr '\\0' x"],
  ['bytes of every kind', 'head -c 20M /dev/urandom'],
  ['marks without end', "for i in $(seq 20000); do printf '\\033]133;B\\007\\033]133;C\\007\\033]133;D;1\\007'; done"],
  ['every mode that there is', "for i in $(seq 9999); do printf '\\033[?%dh' $i; done"],
  ['a sequence of 5 MB', "printf '\\033['; head -c 5M /dev/zero | tr '\\0' 9; printf m"],
])('%s costs init no memory, and the prompt comes back', async (_what, flood) => {
  terminal.type(`${flood}; printf '\\033c\\033\\\\'; echo; echo flood-$((1))-over\n`);
  await terminal.endsWith(/flood-1-over\r\n[^]*\$ \S*$/, 60_000);
  expect(resident()).toBeLessThan(MOST);
});

test('Ctrl-C ends a flood, and a viewer that reads slowly loses nothing of it', async () => {
  terminal.type('seq 1 600000; echo all-$((1))\n');
  for (let n = 0; n < 10; n++) {
    terminal.pause();
    await new Promise((resolve) => setTimeout(resolve, 30));
    terminal.resume();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const before = terminal.bytes;
  await terminal.endsWith(/\r\n599999\r\n600000\r\n[^\r]*all-1\r\n/, 60_000);
  expect(before).toBeGreaterThan(0);
  // 600,000 numbers with their line ends, and the little that the shell itself printed.
  const digits = Array.from({ length: 6 }, (_, n) => Math.min(9 * 10 ** n, 600_000 - 10 ** n + 1) * (n + 3)).reduce(
    (a, b) => a + b,
  );
  expect(terminal.bytes).toBeGreaterThan(digits);
  expect(terminal.bytes).toBeLessThan(digits + 1000);
  terminal.type('yes\n');
  await expect.poll(() => terminal.bytes, { timeout: 15_000 }).toBeGreaterThan(digits + 5_000_000);
  terminal.type('\x03');
  await terminal.endsWith(/\^C[^]*\$ \S*$/);
  expect(resident()).toBeLessThan(MOST);
});

test('a thousand changes of size a second are no trouble, and the last one holds', async () => {
  for (let n = 0; n < 3000; n++) terminal.control({ type: 'resize', columns: 40 + (n % 100), rows: 20 + (n % 30) });
  terminal.control({ type: 'resize', columns: 91, rows: 29 });
  await expect
    .poll(() => terminal.events.filter((event) => event.type === 'size').at(-1))
    .toEqual({ type: 'size', columns: 91, rows: 29 });
  terminal.type('stty size\n');
  await terminal.endsWith(/29 91\r\n/);
});

test.each([
  { columns: 0, rows: 24 },
  { columns: -1, rows: 24 },
  { columns: 80, rows: 1e9 },
  { columns: 1e9, rows: 1e9 },
  { columns: Number.NaN, rows: 24 },
  { columns: '80', rows: 24 },
  { columns: 80 },
])('a size of %o changes nothing', async (size) => {
  terminal.control({ type: 'resize', ...size });
  const other = await TailTerminal.open(sandboxes.driver, id, 'second');
  other.type('stty size < /dev/pts/0; echo checked-$((1))\n');
  await other.endsWith(/24 80\r\n[^]*checked-1|ermission denied/);
  expect(terminal.events.filter((event) => event.type === 'size')).toEqual([]);
  other.close();
});

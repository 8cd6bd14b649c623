import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TailTerminal } from '../support/tail.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('a command that ends at once still answers, each time', async () => {
  const wrong: unknown[] = [];
  for (let n = 0; n < 300; n++) {
    await sandboxes.run(id, 'echo out; echo err >&2; exit 3').then(
      ({ out, err, status }) => {
        if (out !== 'out\n' || err !== 'err\n' || status !== 3) wrong.push({ out, err, status });
      },
      (error: unknown) => wrong.push(error),
    );
  }
  expect(wrong).toEqual([]);
});

test.each([100_000, 300_000, 400_000, 600_000, 3_000_000])(
  'a reader that takes its time gets all of %d bytes, though the command ended long ago',
  async (size) => {
    const duplex = await sandboxes.driver.connect(id);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    let bytes = 0;
    const argv = ['head', '-c', String(size), '/dev/zero'];
    const stream: InitStream = new InitStream(
      duplex,
      { op: 'exec', argv },
      {
        onData: (piece) => {
          if (bytes === 0) {
            stream.pause();
            setTimeout(() => stream.resume(), 1200);
          }
          bytes += piece.length;
        },
        onControl: resolve,
        onEnd: (error) => reject(error ?? new Error('the stream ended before the command did')),
      },
    );
    expect(await promise).toMatchObject({ type: 'ended', status: 0 });
    expect(bytes).toBe(size);
    stream[Symbol.dispose]();
  },
);

test('what a shell printed last is there, though its viewer was slow when it exited', async () => {
  for (const lines of [20_000, 60_000, 61_000, 62_000]) {
    const terminal = await TailTerminal.open(sandboxes.driver, id, `exit-${lines}`);
    await terminal.endsWith(/\$ \S*$/);
    terminal.pause();
    terminal.type(`seq 1 ${lines}; exit\n`);
    await sleep(1500);
    terminal.resume();
    await expect.poll(() => terminal.events.some(({ type }) => type === 'exited'), { timeout: 15_000 }).toBe(true);
    await terminal.endsWith(new RegExp(`\r\n${lines}\r\n`));
    terminal.close();
  }
});

test('a process that a command leaves behind does not hold up its end', async () => {
  const began = Date.now();
  const { out, status } = await sandboxes.run(id, 'setsid sh -c "while :; do echo left; sleep 0.01; done" & echo done');
  expect(out).toMatch(/^(?:left\n)*done\n/);
  expect(status).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
  await sandboxes.run(id, 'pkill -f "echo left"');
});

test('a viewer that never reads is let go of, and the terminal goes on for those that do', async () => {
  const stuck = await sandboxes.driver.connect(id);
  stuck.on('error', () => {}).pause();
  stuck.write(`${JSON.stringify({ op: 'terminal', name: 'watched', columns: 80, rows: 24 })}\n`);
  const reader = await TestTerminal.open(sandboxes.driver, id, 'watched');
  reader.type('head -c 3M /dev/zero | tr "\\0" "\\n"; echo through-$((1))\n');
  await reader.shows(/through-1\r\n/, 40_000);
  reader.close();
  stuck.destroy();
});

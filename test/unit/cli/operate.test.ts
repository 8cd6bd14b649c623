import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CommandContext } from '../../../sandbox-server/cli/command.ts';
import { command as stop } from '../../../sandbox-server/cli/commands/stop.ts';
import { Server } from '../../../sandbox-server/cli/operate/ask-server.ts';
import { chooseId, lengthThatTells } from '../../../sandbox-server/cli/operate/choose.ts';
import { attentionOf, rowsOf, type Row } from '../../../sandbox-server/cli/operate/sandboxes.ts';
import { snapshot } from '../../../sandbox-server/cli/operate/snapshot.ts';
import { tableOf } from '../../../sandbox-server/cli/operate/table.ts';
import { operatorSocketIn } from '../../../sandbox-server/config.ts';
import { sandboxList, type SandboxInfo, type ServerInfo } from '../../../sandbox-server/operator/shapes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('ids', () => {
  const ids = fc.uniqueArray(fc.stringMatching(/^[0-9a-z]{26}$/), { minLength: 1, maxLength: 20 });

  test('as many letters as are shown choose the one that they are of', () => {
    fc.assert(
      fc.property(ids, (all) => {
        const length = lengthThatTells(all);
        expect(length).toBeGreaterThanOrEqual(6);
        for (const id of all) expect(chooseId(all, id.slice(0, length))).toBe(id);
      }),
    );
  });

  test('what could be several is refused with all that it could be, and what is none is too', () => {
    expect(() => chooseId(['abcdef1', 'abcdef2', 'b234567'], 'abc')).toThrow('could be 2');
    expect(() => chooseId(['abcdef1'], 'x')).toThrow('no sandbox "x"');
    expect(lengthThatTells(['abcdef1', 'abcdef2'])).toBe(7);
  });
});

test('no line of a table is wider than the terminal, and none holds what moves a cursor', () => {
  const columns = [
    { head: 'ONE', cell: (row: string[]) => row[0]! },
    { head: 'TWO', cell: (row: string[]) => row[1]!, right: true as const },
  ];
  const cell = fc.string({ unit: 'binary', maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell)), fc.integer({ min: 1, max: 30 }), (rows, width) => {
      const { lines } = tableOf(columns, rows, width);
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) {
        expect(line.length).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(CONTROL);
      }
    }),
  );
});

const sandbox: SandboxInfo = {
  id: 'abcdefghjk',
  learner: 'mnpqrstv',
  course: 'course',
  image: 'image-1',
  profile: 'standard',
  state: 'ready',
  since: 0,
  seenAt: 0,
  viewers: 0,
  throttled: false,
  failure: null,
  queue: null,
  endsAt: null,
  memoryBytes: 1,
  memoryLimitBytes: 100,
  processes: 1,
  cpuMicroseconds: 0,
  cpus: 1,
  outOfMemoryKills: 0,
  terminals: 1,
  diskBytes: 1,
  diskLimitBytes: 100,
};
const row = (more: Partial<Row> = {}): Row => ({ ...sandbox, busy: 0, ...more });

test('how busy a sandbox is, is told from one look to the next; not where it was started anew in between', () => {
  const at = (time: number, cpuMicroseconds: number) => ({ at: time, sandboxes: [{ ...sandbox, cpuMicroseconds }] });
  expect(rowsOf(at(1000, 100_000), at(2000, 1_600_000))[0]!.busy).toBe(1.5);
  expect(rowsOf(at(1000, 100_000), at(2000, 50_000))[0]!.busy).toBeUndefined();
  expect(rowsOf(undefined, at(2000, 50_000))[0]!.busy).toBeUndefined();
});

test.each([
  [{}, []],
  [{ throttled: true }, ['throttled, unattended']],
  [{ outOfMemoryKills: 2 }, ['out of memory 2×']],
  [{ diskBytes: 94 }, []],
  [{ diskBytes: 95 }, ['disk full']],
  [{ failure: 'image-missing' }, ['did not start: image-missing']],
  [{ learner: null }, ['of no learner known']],
])('what wants attention of %j is %j', (more, told) => {
  expect(attentionOf(row(more))).toEqual(told);
});

test('top says what keeps the server from being ready, and where too little is free', () => {
  const GIB = 2 ** 30;
  const server: ServerInfo = {
    pid: 1,
    startedAt: 0,
    now: 7_200_000,
    urls: ['http://class.example'],
    unready: ['draining', 'disk'],
    sandboxes: 'on',
    courses: [],
    places: 4,
    running: 1,
    waiting: 1,
    pooled: 2,
    processors: 2,
    load: 0.5,
    memory: { totalBytes: 8 * GIB, availableBytes: 4 * GIB },
    disk: { totalBytes: 50 * GIB, freeBytes: GIB / 4 },
    leastFree: { memoryBytes: GIB / 2, diskBytes: GIB / 2 },
    gateway: { memoryBytes: 100, lateMs: { median: 0.1, p99: 1.24, most: 12.4 } },
  };
  const rows = [
    row({ id: 'idle000000' }),
    row({ id: 'busy000000', busy: 0.5 }),
    row({ id: 'kept000000', state: 'stopped' }),
    row({ id: 'wait000000', state: 'stopped', queue: 3 }),
  ];
  const lines = snapshot({ server, rows, busy: 0.25 }, Infinity);
  expect(lines.slice(0, 6)).toEqual([
    'Server      NOT READY: draining, disk; up 2 h, http://class.example',
    'Places      1 of 4 taken; 1 waits; 2 run ahead',
    'Processors  25 % of 2 busy; load 0.50',
    'Memory      4.0 GiB of 8.0 GiB free; 512 MiB stay free',
    'Disk        256 MiB of 50 GiB free; 512 MiB stay free TOO LITTLE',
    'Gateway     100 B; late by 0.1 ms, p99 1.2 ms, most 12 ms',
  ]);
  expect(lines.slice(8).map((line) => line.slice(0, 6))).toEqual(['busy00', 'idle00', 'wait00', '1 more']);
  expect(lines[10]).toContain('waits, 3.');
  for (const width of [1, 20, 61]) {
    for (const line of snapshot({ server, rows, busy: 0 }, width)) expect(line.length).toBeLessThanOrEqual(width);
  }
});

describe('the server’s socket', () => {
  async function answering(status: number, answer: object): Promise<Server> {
    const run = temporaryFolder();
    const socket = operatorSocketIn(run);
    mkdirSync(dirname(socket));
    const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(answer)));
    await once(server.listen(socket), 'listening');
    onTestFinished(() => void server.close());
    return new Server({ run }, run);
  }

  test('that there is not, is named with how to name another', async () => {
    const run = temporaryFolder();
    const asked = new Server({ run }, run).ask(sandboxList, 'GET', '/sandboxes');
    await expect(asked).rejects.toMatchObject({
      what: 'No server runs here.',
      why: `Tried ${operatorSocketIn(run)}: there is no such socket.`,
      mend: expect.stringContaining('--run'),
    });
  });

  test.each([
    [404, { error: 'nothing here' }, 'does not know that question'],
    [200, { something: 'else' }, 'answered what this program does not understand'],
  ])('of another version (%i %j) is called that', async (status, answer, words) => {
    const server = await answering(status, answer);
    await expect(server.ask(sandboxList, 'GET', '/sandboxes')).rejects.toMatchObject({
      what: 'Another version of the server runs.',
      why: expect.stringContaining(words),
    });
  });

  test('refuses with its own reason', async () => {
    const server = await answering(500, { error: 'the disk is away' });
    await expect(server.ask(sandboxList, 'GET', '/sandboxes')).rejects.toMatchObject({
      what: 'The server refused: the disk is away.',
    });
  });
});

test.each([
  [[], [], new Map(), 'needs an ID'],
  [['abc'], ['--all'], new Map(), 'takes ids or --all, not both'],
  [['abc'], [], new Map([['--say', 'a\u001b[2Jb']]), 'cannot be said'],
  [['abc'], [], new Map([['--say', 'x'.repeat(141)]]), 'at most 140 bytes'],
])('stop %j %j is refused before anything is asked', async (args, flags, options, words) => {
  await expect(stop.run({ args, flags: new Set(flags), options } as unknown as CommandContext)).rejects.toThrow(words);
});

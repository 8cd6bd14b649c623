import headless from '@xterm/headless';
import { beforeEach, describe, expect, it } from 'vitest';
import { ReplayGate } from '../../../site/terminal/replay.ts';

const ESC = '\u001b';

/** Questions that programs ask terminals; an emulator answers each by typing. */
const QUERIES = {
  'what are you (DA1)': `${ESC}[c`,
  'which version are you (DA2)': `${ESC}[>c`,
  'are you well (DSR)': `${ESC}[5n`,
  'where is the cursor (CPR)': `${ESC}[6n`,
  'where is the cursor (DECXCPR)': `${ESC}[?6n`,
  'is this mode on (DECRQM)': `${ESC}[?25$p`,
  'what is this setting (DECRQSS)': `${ESC}P$qm${ESC}\\`,
};

let terminal: InstanceType<typeof headless.Terminal>;
let gate: ReplayGate;
let typed: string[];

beforeEach(() => {
  terminal = new headless.Terminal({ allowProposedApi: true });
  gate = new ReplayGate(terminal);
  typed = [];
  terminal.onData((data) => {
    if (!gate.closed) typed.push(data);
  });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const write = (text: string, position: number) =>
  new Promise<void>((parsed) => gate.write(bytes(text), position, parsed));

describe.each(Object.entries(QUERIES))('%s', (_name, query) => {
  it('is answered in live output', async () => {
    gate.begin(0, 0, '');
    await write(query, 0);
    expect(typed).toHaveLength(1);
  });

  it('is not answered in a replay', async () => {
    gate.begin(0, query.length, '');
    await write(query, 0);
    expect(typed).toEqual([]);
  });

  it('is answered once where a message holds the replay’s end and live output', async () => {
    gate.begin(0, query.length, '');
    await write(query + query, 0);
    expect(typed).toHaveLength(1);
  });

  it('is not answered in what is written before a replay', async () => {
    gate.begin(10, 10, query);
    await write('x', 10);
    expect(typed).toEqual([]);
  });
});

it('a replay of many messages ends with its last byte', async () => {
  const query = `${ESC}[c`;
  gate.begin(100, 100 + 3 * query.length, '');
  let position = 100;
  for (let message = 0; message < 5; message++) {
    await write(query, position);
    position += query.length;
  }
  expect(typed).toHaveLength(2);
});

it('a live query that still waits to be parsed when a replay begins is answered', async () => {
  const query = `${ESC}[c`;
  gate.begin(0, 0, '');
  const live = write(query, 0);
  gate.begin(3, 6, '');
  await Promise.all([live, write(query, 3)]);
  expect(typed).toHaveLength(1);
});

it('a replay that another one cuts short does not open the gate', async () => {
  const query = `${ESC}[c`;
  gate.begin(0, 9, '');
  await write(query, 0);
  gate.begin(3, 9, '');
  await write(query + query, 3);
  await write(query, 9);
  expect(typed).toHaveLength(1);
});

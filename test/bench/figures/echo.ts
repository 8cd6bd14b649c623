/** Echo: from a key's `send` to the message that brings it back. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { BareSocket } from '../client/bare-socket.ts';
import { atPrompt } from '../client/prompt.ts';
import type { TerminalClient } from '../client/terminal.ts';
import { figure } from '../figure.ts';
import { BenchServer } from '../host/server.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Wide enough that no line of keys wraps: a wrap costs the shell more than a letter. */
const SIZE = { columns: 200, rows: 30 };
const KEYS_A_LINE = 100;
/** Erases the line, in the shell's line editor and in the kernel's alike. */
const CTRL_U = '\u0015';

/** Ten keys a second is fast typing: the processors have time to go idle between two. */
const PAUSE_MS = 100;

export const echo: Bench = {
  name: 'echo',
  async run({ count, progress, signal }) {
    await using server = await BenchServer.start();
    await using terminal = await atPrompt(server, SIZE);
    await sleep(500);
    progress('echo: at a prompt');
    const prompt = await typeKeys(terminal, count(2000), signal);
    progress('echo: as a person types');
    const typed = await typeKeys(terminal, count(200), signal, PAUSE_MS);
    progress('echo: in cat');
    terminal.type('cat\n');
    await sleep(500);
    const cat = await typeKeys(terminal, count(2000), signal);
    progress('echo: bare WebSocket');
    await using bare = await BareSocket.open();
    const floor: number[] = [];
    for (let n = 0; n < count(2000); n++) floor.push(await bare.roundTrip(LETTERS[n % LETTERS.length]!));

    const target = { limit: 0.5, text: '≤ 0.5 ms' };
    return {
      name: 'echo',
      title: 'Echo of a key',
      figures: [
        figure('echo-prompt', 'At a shell prompt, one key after the other', 'ms', prompt, { target }),
        figure('echo-typed', `At a shell prompt, a key every ${PAUSE_MS} ms`, 'ms', typed),
        figure('echo-cat', 'In cat: the kernel echoes, no program does', 'ms', cat),
        figure('echo-bare', 'Floor: the same client at an empty WebSocket server', 'ms', floor),
      ],
      notes: [
        'From the WebSocket’s send to the echoed byte in the client, through gateway, init, terminal and shell, over loopback. The next key follows when the last one came back. A screen’s drawing is not in it.',
      ],
    };
  },
};

async function typeKeys(terminal: TerminalClient, keys: number, signal: AbortSignal, pause = 0): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < keys; n++) {
    signal.throwIfAborted();
    if (n > 0 && n % KEYS_A_LINE === 0) await newLine(terminal);
    if (pause > 0) await sleep(pause);
    const key = LETTERS[n % LETTERS.length]!;
    const seen = terminal.sees(key);
    const began = performance.now();
    terminal.type(key);
    times.push((await seen) - began);
  }
  await newLine(terminal);
  return times;
}

async function newLine(terminal: TerminalClient): Promise<void> {
  terminal.type(CTRL_U);
  await sleep(50);
}

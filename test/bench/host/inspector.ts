/** The heap of a Node process, asked for by its inspector, which SIGUSR1 opens. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** What Node writes to its log when the inspector is open. */
const LISTENING = /^Debugger listening on (ws:\S+)$/m;
const OPEN_MS = 5000;

/** Gives processes that are started until disposed an inspector on any free port, closed as yet. */
export function anyInspectorPort(): Disposable {
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `${before ?? ''} --inspect-port=0`.trim();
  return {
    [Symbol.dispose]: () => {
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    },
  };
}

/**
 * Bytes of the process's JavaScript heap that are in use after a collection. Opening the inspector costs the process
 * memory: what else is to be measured of it is measured before.
 */
export async function usedHeap(pid: number, log: string): Promise<number> {
  // The log may have the word of an inspector before this one.
  const { length } = await readFile(log);
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await inspectorUrl(log, length));
  await once(socket, 'open');
  try {
    await ask(socket, 1, 'HeapProfiler.collectGarbage');
    return (await ask(socket, 2, 'Runtime.getHeapUsage'))['usedSize'] as number;
  } finally {
    socket.terminate();
  }
}

async function inspectorUrl(log: string, from: number): Promise<string> {
  for (const until = Date.now() + OPEN_MS; Date.now() < until; await sleep(50)) {
    const found = LISTENING.exec((await readFile(log)).toString('utf8', from));
    if (found) return found[1]!;
  }
  throw new Error('the process opened no inspector');
}

async function ask(socket: WebSocket, id: number, method: string): Promise<Record<string, unknown>> {
  socket.send(JSON.stringify({ id, method }));
  for (;;) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    const message = JSON.parse(data.toString('utf8')) as { id?: number; result?: Record<string, unknown> };
    if (message.id === id) return message.result!;
  }
}

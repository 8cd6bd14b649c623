/** A WebSocket to a process that echoes it (bare-server.ts). */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'ws';

export class BareSocket implements AsyncDisposable {
  private readonly server: ChildProcess;
  private readonly socket: WebSocket;

  private constructor(server: ChildProcess, socket: WebSocket) {
    this.server = server;
    this.socket = socket;
  }

  static async open(): Promise<BareSocket> {
    const server = fork(new URL('bare-server.ts', import.meta.url));
    const [port] = (await once(server, 'message')) as [number];
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    await once(socket, 'open');
    return new BareSocket(server, socket);
  }

  /** Milliseconds until the text is back. */
  roundTrip(text: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const began = performance.now();
    this.socket.once('message', () => resolve(performance.now() - began));
    this.socket.send(Buffer.from(text));
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    this.server.disconnect();
    await once(this.server, 'exit');
  }
}

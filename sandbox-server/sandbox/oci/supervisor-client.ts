/** The gateway's end of the supervisor's socket. Connects when it is needed, and again after the supervisor restarted. */
import { connect, type Socket } from 'node:net';
import { DriverError, type CallOptions } from '../driver.ts';
import { hostLack } from './host-lack.ts';
import { requestField } from '../../request.ts';
import { readLines, writeLine } from './lines.ts';
import { supervisorAnswer, type SupervisorRequest } from './protocol.ts';

/** Longer than any call takes while the supervisor lives: a start gives up by itself before. */
const ANSWER_MS = 30_000;

type WithoutNumber<Request> = Request extends unknown ? Omit<Request, 'n' | 'request'> : never;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class SupervisorClient {
  private readonly path: string;
  private readonly waiting = new Map<number, Waiting>();
  private readonly onLost: () => void;
  /** Whether it has answered on this connection. */
  private answers = false;
  private socket: Socket | undefined;
  private next = 0;

  /** `onLost`: called when the supervisor had answered and its connection is gone. */
  constructor(path: string, onLost: () => void = () => {}) {
    this.path = path;
    this.onLost = onLost;
  }

  /** Rejects with a `DriverError`: the supervisor's, or `unavailable` where it cannot be reached or goes away meanwhile. */
  call(request: WithoutNumber<SupervisorRequest>, options?: CallOptions): Promise<unknown> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    // Before this call waits: what waited on a connection that is gone is told so.
    const connection = this.connection();
    const n = this.next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.waiting.set(n, { resolve, reject });
    const timer = setTimeout(() => {
      this.settle(n)?.reject(new DriverError('unavailable', `the supervisor did not answer ${request.op} in time`));
    }, ANSWER_MS);
    const abort = () => this.settle(n)?.reject(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    writeLine(connection, { ...request, ...requestField(), n });
    return promise.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
  }

  close(): void {
    this.socket?.destroy();
    this.fail(away('the gateway is ending'));
  }

  private settle(n: number): Waiting | undefined {
    const waiting = this.waiting.get(n);
    this.waiting.delete(n);
    return waiting;
  }

  private connection(): Socket {
    if (this.socket && !this.socket.destroyed) return this.socket;
    if (this.socket) this.lost(this.socket, away('the supervisor closed its connection'));
    const socket = connect({ path: this.path });
    this.socket = socket;
    readLines(socket, (line) => {
      try {
        this.answered(line);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) =>
      this.lost(socket, hostLack(error) ?? away(`the supervisor cannot be reached: ${error.message}`)),
    );
    socket.on('close', () => this.lost(socket, away('the supervisor closed its connection')));
    return socket;
  }

  private answered(line: string): void {
    const answer = supervisorAnswer.parse(JSON.parse(line));
    const waiting = this.settle(answer.n);
    this.answers = true;
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(new DriverError(answer.code, answer.message));
  }

  private lost(socket: Socket, why: DriverError): void {
    if (this.socket !== socket) return;
    this.socket = undefined;
    if (this.answers) this.onLost();
    this.answers = false;
    this.fail(why);
  }

  private fail(why: DriverError): void {
    for (const n of this.waiting.keys()) this.settle(n)?.reject(why);
  }
}

const away = (message: string) => new DriverError('unavailable', message);

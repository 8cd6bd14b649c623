/** One process of the server: started, restarted when it dies, ended in order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from '../plain/report.mjs';

/** What the processes say over the IPC channel. */
export type ChildMessage =
  { type: 'ready'; port?: number } | { type: 'failed'; code: string; text: string; mend: string };

export type Tell = (message: object) => void;

export interface ChildOptions {
  name: string;
  command: string[];
  env: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
  /** Each time that it is ready; `tell` sends it a message, until it ends. */
  onReady: (message: { port?: number }, tell: Tell) => void;
  onRestart: (reason: string) => void;
  /** For a process that does not speak over IPC: resolves when it is ready. Aborted when the process has ended. */
  untilReady?: (ended: AbortSignal) => Promise<void>;
}

/** A process that dies more often than this within a minute will not do better the next time. */
const MOST_DEATHS = 5;
const DEATHS_WINDOW_MS = 60_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** How long an ordered end may take before it is made to end. */
const END_MS = 5_000;

export class Child {
  readonly #options: ChildOptions;
  readonly #deaths: number[] = [];
  #process: ChildProcess | undefined;
  #ending = false;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  /** Resolves after `end`. Rejects with a `Failure` when the process cannot be kept alive. */
  async keepAlive(): Promise<void> {
    while (!this.#ending) {
      const { reason, failure } = await this.#runOnce();
      if (this.#ending) return;
      if (failure) throw failure;
      const now = performance.now();
      this.#deaths.push(now);
      const recent = this.#deaths.filter((time) => now - time < DEATHS_WINDOW_MS).length;
      if (recent >= MOST_DEATHS) throw this.#hopeless(reason);
      this.#options.onRestart(reason);
      // One that died once is back at once; one that dies again and again must not keep the machine busy.
      if (recent > 1) await sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (recent - 2)));
    }
  }

  async end(): Promise<void> {
    this.#ending = true;
    const running = this.#process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    const patience = setTimeout(() => running.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(patience);
  }

  #runOnce(): Promise<{ reason: string; failure?: Failure }> {
    const [program, ...args] = this.#options.command as [string, ...string[]];
    // A session of its own: Ctrl-C on the terminal reaches it through `end` only, so that the order is kept.
    const { untilReady } = this.#options;
    const child = spawn(program, args, {
      env: this.#options.env,
      stdio: ['ignore', 'pipe', 'pipe', untilReady ? 'ignore' : 'ipc'],
      detached: true,
      cwd: '/',
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', this.#options.onLine);
    }
    let failure: Failure | undefined;
    // It may end meanwhile: the next one is told everything when it is ready.
    const tell: Tell = (message) => void (child.connected && child.send(message, () => {}));
    child.on('message', (message: ChildMessage) => {
      if (message.type === 'ready') this.#options.onReady(message, tell);
      else failure = new Failure({ what: message.text, mend: message.mend });
    });
    const ended = new AbortController();
    untilReady?.(ended.signal).then(
      () => this.#options.onReady({}, tell),
      // It ended before: what follows is a restart's to tell.
      () => {},
    );
    return new Promise((resolve) => {
      const done = (reason: string) => {
        ended.abort();
        resolve(failure ? { reason, failure } : { reason });
      };
      child.once('error', (error) => done(error.message));
      child.once('exit', (status, signal) => done(signal ? `ended by ${signal}` : `exit ${status}`));
    });
  }

  #hopeless(reason: string): Failure {
    return new Failure({
      what: `The ${this.#options.name} ended ${MOST_DEATHS} times within a minute (${reason}).`,
      mend: `Look at the last lines of its log. Learners’ sandboxes go on; start again when it is mended.`,
    });
  }
}

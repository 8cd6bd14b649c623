/** The process that makes the desk's pages (site/desk/main.ts), from its start to its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { DeskMessage, DeskRequest } from '../../../site/desk/messages.ts';

const KEPT_LINES = 12;

export interface RendererOptions {
  /** The repository. */
  root: string;
  lessons: string;
  /** Of the desk: what the gateway reads. */
  folder: string;
  onMessage: (message: DeskMessage) => void;
  /** It ended by itself: after an author's mistakes, which it told, with `clean`, else with its last words. */
  onEnd: (clean: boolean, lastWords: string) => void;
}

export class Renderer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #wanted = true;

  constructor({ root, lessons, folder, onMessage, onEnd }: RendererOptions) {
    const args = [join(root, 'site/desk/main.ts'), lessons, folder, join(root, 'build', 'desk')];
    const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    const last: string[] = [];
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line);
        if (last.length > KEPT_LINES) last.shift();
      });
    }
    child.on('message', (message: DeskMessage) => this.#wanted && onMessage(message));
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => last.push(error.message));
      child.once('close', (status) => {
        resolve();
        if (this.#wanted) onEnd(status === 0, last.join('\n'));
      });
    });
  }

  /** Once it has told that the site is built. */
  look(): void {
    const request: DeskRequest = { type: 'look' };
    if (this.#child.connected) this.#child.send(request, () => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wanted = false;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

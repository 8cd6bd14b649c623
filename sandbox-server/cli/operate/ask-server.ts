/** Asks a running server on its operator's socket. What keeps it from answering is told in an operator's words. */
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import type { z } from 'zod';
import { operatorSocketIn, type Settings } from '../../config.ts';
import { operatorError } from '../../operator/shapes.ts';
import { Failure } from '../plain/report.mjs';
import { type Instance, recallInstances } from '../stages/instances.ts';

/** The server itself waits for at most two of its parts, 1.5 s each. */
const PATIENCE_MS = 10_000;

export class Server {
  readonly socket: string;
  private readonly root: string;
  private readonly run: string;

  /** `root`: the repository, which knows where servers were started. */
  constructor({ run }: Pick<Settings, 'run'>, root: string) {
    this.run = run;
    this.socket = operatorSocketIn(run);
    this.root = root;
  }

  /** Rejects with a `Failure`. */
  async ask<Shape extends z.ZodType>(
    shape: Shape,
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<z.infer<Shape>> {
    const { status, text } = await this.exchange(method, path, body);
    const answer = parsed(text);
    if (status === 404 && method === 'GET') throw this.otherVersion(path, 'does not know that question');
    if (status !== 200) {
      const said = operatorError.safeParse(answer).data?.error ?? `status ${status}, without a reason`;
      throw new Failure({ what: `The server refused: ${said}.`, mend: 'Its log says more: `slipway logs`.' });
    }
    const known = shape.safeParse(answer);
    if (known.success) return known.data;
    throw this.otherVersion(path, 'answered what this program does not understand');
  }

  private otherVersion(path: string, how: string): Failure {
    return new Failure({
      what: 'Another version of the server runs.',
      why: `Asked for ${path} on ${this.socket}, it ${how}.`,
      mend: 'Restart the server with this version, or use the `slipway` of the version that runs.',
    });
  }

  private exchange(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const headers = body ? { 'content-type': 'application/json' } : {};
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const asked = request({ socketPath: this.socket, method, path, headers, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('error', reject).once('end', () => resolve({ status: response.statusCode!, text }));
    });
    asked.once('error', reject);
    asked.end(body && JSON.stringify(body));
    return promise.catch((error: NodeJS.ErrnoException) => {
      throw this.silent(error);
    });
  }

  private silent({ code, message }: NodeJS.ErrnoException): Failure {
    const { socket } = this;
    switch (code) {
      case 'EACCES':
      case 'EPERM':
        return new Failure({
          what: `You may not ask the server on ${socket}.`,
          why: 'Only root and the user that the server runs as may.',
          mend: 'Run it with sudo.',
        });
      case 'ENOENT':
      case 'ECONNREFUSED':
        return new Failure({
          what: 'No server runs here.',
          why: `Tried ${socket}: ${code === 'ENOENT' ? 'there is no such socket' : 'nobody listens on it'}.${this.others()}`,
          mend: 'Start one with `npm start`, or name the folder of the one you mean with --run. One that root started is asked with sudo.',
        });
      default:
        return new Failure({
          what: 'The server does not answer.',
          why:
            code === 'ABORT_ERR'
              ? `Asked on ${socket}, it said nothing for ${PATIENCE_MS / 1000} s.`
              : `Asked on ${socket}: ${message}`,
          mend: 'Look at its log (`slipway logs`). Its process may stand still: `slipway doctor` looks at the machine.',
        });
    }
  }

  private others(): string {
    const others = recallInstances(this.root).filter(
      ({ run }) => run !== this.run && existsSync(operatorSocketIn(run)),
    );
    const lines = others.map(({ run, data }: Instance) => `--run ${run} (data in ${data})`);
    return lines.length === 0
      ? ''
      : `\nOthers that were started from this folder:\n${lines.join('\n').replace(/^/gm, '  ')}`;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

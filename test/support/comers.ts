/** Learners who come and go while a server is killed: each step may be refused, and none may be left without an answer. */
import { WebSocket } from 'ws';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerMessage } from '../../sandbox-server/protocol/messages.ts';
import type { SandboxDriver, SandboxSpec } from '../../sandbox-server/sandbox/driver.ts';
import { randomId } from '../../sandbox-server/session/ids.ts';

/** Longer than any answer takes, a start that is waited for included: after this it counts as none. */
const ANSWER_MS = 30_000;

const RETRY_MS = 100;

/** What one address may ask in a minute is enough for so many visits. */
const PAUSE_MS = 2000;

/** Between two rounds: something is under way most of the time, and there is something left of the machine. */
const REST_MS = 250;

export class Comers {
  /** What has no business in an answer, and answers that never came. */
  readonly mistakes: string[] = [];
  /** How often each step was done to its end. */
  readonly done = new Map<string, number>();
  private ending = false;
  private readonly url: string;
  private readonly work: Promise<void>[];

  constructor(url: string, paths: readonly string[], driver: SandboxDriver, specs: readonly SandboxSpec[]) {
    this.url = url;
    this.work = [...paths.map((path) => this.visits(path)), ...specs.map((spec, n) => this.drives(driver, spec, n))];
  }

  /** All of them go, and delete what is theirs. */
  async end(): Promise<void> {
    this.ending = true;
    await Promise.all(this.work);
  }

  /** Somebody new each time: a sandbox, a command, a restart, the end of it all. */
  private async visits(path: string): Promise<void> {
    const course = path.split('/').slice(0, 4).join('/');
    for (let n = 0; !this.ending; n++) {
      let cookie = '';
      await this.until('session', async () => {
        const { response } = await this.ask('POST', '/api/session', cookie);
        cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
        return cookie !== '';
      });
      await this.attempt('terminal', () => this.types(path, cookie));
      if (n % 3 === 2) await this.attempt('restart', () => this.ask('POST', `${course}/sandbox/restart`, cookie));
      await this.attempt('state', () => this.ask('GET', `${course}/sandbox`, cookie));
      await this.until('delete', async () => {
        const { response } = await this.ask('POST', '/api/progress/delete', cookie);
        return response.ok || response.status === 401; // it was done, and the answer got lost
      });
      if (!this.ending) await sleep(PAUSE_MS);
    }
  }

  /** A sandbox through everything that the supervisor can do with one. */
  private async drives(driver: SandboxDriver, spec: SandboxSpec, n: number): Promise<void> {
    for (let round = 0; !this.ending; round++) {
      const id = randomId();
      const layer = `layer-${n}-${round}`;
      const steps = {
        create: () => driver.create(id, spec),
        start: () => driver.start(id),
        freeze: () => driver.freeze(id),
        thaw: () => driver.thaw(id),
        snapshot: () => driver.snapshot(id, layer),
        stop: () => driver.stop(id),
      };
      for (const [name, step] of Object.entries(steps)) await this.attempt(name, step);
      await this.until('destroy', () => driver.destroy(id).then(() => true));
      await this.until('remove layer', () => driver.removeLayer(layer).then(() => true));
      if (!this.ending) await sleep(REST_MS);
    }
  }

  private async ask(method: string, path: string, cookie: string): Promise<{ response: Response }> {
    const headers = { 'content-type': 'application/json', origin: this.url, cookie };
    const body = method === 'GET' ? {} : { body: '{}' };
    const response = await fetch(`${this.url}${path}`, { method, headers, ...body });
    const text = await response.text();
    if (text.includes('"unexpected"')) this.mistakes.push(`${path}: ${text}`);
    return { response };
  }

  private types(path: string, cookie: string): Promise<void> {
    const webSocket = new WebSocket(this.url.replace('http', 'ws') + path, { headers: { origin: this.url, cookie } });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    webSocket.once('error', reject);
    webSocket.once('open', () =>
      webSocket.send(JSON.stringify({ type: 'open', visible: true, columns: 80, rows: 24 })),
    );
    webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary && data.includes('typed-1\r\n')) resolve();
      if (isBinary) return;
      const { type } = JSON.parse(data.toString()) as ServerMessage;
      if (type === 'prompt') webSocket.send(Buffer.from('echo typed-$((1)) | tee -a ~/notes\n'));
    });
    webSocket.once('close', (code, reason) => {
      if (reason.toString() === 'unexpected') this.mistakes.push(`${path}: closed with ${reason.toString()}`);
      reject(new Error(`closed by ${code}`));
    });
    return promise.finally(() => webSocket.terminate());
  }

  /** Done or refused; not to get an answer is a mistake. */
  private async attempt(name: string, step: () => Promise<unknown>): Promise<void> {
    const timer = setTimeout(() => this.mistakes.push(`${name}: no answer`), ANSWER_MS);
    const done = await step().then(
      () => true,
      () => false,
    );
    clearTimeout(timer);
    if (done) this.done.set(name, (this.done.get(name) ?? 0) + 1);
    else await sleep(RETRY_MS);
  }

  /** Again and again, until it is done. */
  private async until(name: string, step: () => Promise<boolean>): Promise<void> {
    const began = performance.now();
    for (;;) {
      if (await step().catch(() => false)) break;
      if (performance.now() - began > ANSWER_MS) return void this.mistakes.push(`${name}: not done in time`);
      await sleep(RETRY_MS);
    }
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }
}

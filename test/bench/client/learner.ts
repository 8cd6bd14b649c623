/** A new visitor, as the gateway sees one: a cookie, and terminals over WebSockets. */
import { WebSocket } from 'ws';
import type { SandboxAnswer, SandboxState } from '../../../sandbox-server/protocol/api.ts';
import { post } from './http.ts';
import { TerminalClient, type TerminalOptions } from './terminal.ts';

/** The course that comes with the project, and a terminal that each of its lessons has. */
const COURSE = 'containers-and-docker';
const TERMINAL = 'main';

export class Learner {
  private readonly url: string;
  private readonly cookie: string;

  private constructor(url: string, cookie: string) {
    this.url = url;
    this.cookie = cookie;
  }

  static async arrive(url: string): Promise<Learner> {
    const { status, cookies, body } = await post(`${url}/api/session`, url);
    if (status !== 200 || !cookies[0]) throw new Error(`POST /api/session answered ${status}: ${body}`);
    return new Learner(url, cookies[0].split(';', 1)[0]!);
  }

  async sandboxState(): Promise<SandboxState> {
    const answer = await fetch(`${this.url}/api/courses/${COURSE}/sandbox`, { headers: { cookie: this.cookie } });
    return ((await answer.json()) as SandboxAnswer).state;
  }

  /** Opens the terminal; the sandbox starts with it. Resolves when the WebSocket is open and `open` was said. */
  open(options: TerminalOptions = {}): Promise<TerminalClient> {
    const path = `/api/courses/${COURSE}/terminals/${TERMINAL}`;
    const socket = new WebSocket(this.url.replace(/^http/, 'ws') + path, {
      origin: this.url,
      headers: { cookie: this.cookie },
      perMessageDeflate: false,
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        socket.off('error', reject);
        resolve(new TerminalClient(socket, options));
      });
    });
  }
}

/** A new visitor, as the gateway sees one: a cookie, and terminals over WebSockets. */
import { randomInt } from 'node:crypto';
import { WebSocket } from 'ws';
import type { SandboxAnswer, SandboxState } from '../../../sandbox-server/protocol/api.ts';
import type { LessonServerMessage } from '../../../sandbox-server/protocol/lesson.ts';
import { post } from './http.ts';
import { LessonClient } from './lesson.ts';
import { TerminalClient, type TerminalOptions } from './terminal.ts';

/** The course that comes with the project, and a terminal that each of its lessons has. */
const COURSE = 'containers-and-docker';
const TERMINAL = 'main';

export class Learner {
  private readonly url: string;
  private readonly cookie: string;

  private readonly course: string;

  private constructor(url: string, cookie: string, course: string) {
    this.url = url;
    this.cookie = cookie;
    this.course = course;
  }

  static async arrive(url: string, course = COURSE): Promise<Learner> {
    const { status, cookies, body } = await post(`${url}/api/session`, url);
    if (status !== 200 || !cookies[0]) throw new Error(`POST /api/session answered ${status}: ${body}`);
    return new Learner(url, cookies[0].split(';', 1)[0]!, course);
  }

  async sandboxState(): Promise<SandboxState> {
    const answer = await fetch(`${this.url}/api/courses/${this.course}/sandbox`, { headers: { cookie: this.cookie } });
    return ((await answer.json()) as SandboxAnswer).state;
  }

  /** Deletes all that is theirs, the sandbox first. */
  async leave(): Promise<void> {
    const { status, body } = await post(`${this.url}/api/progress/delete`, this.url, {
      headers: { cookie: this.cookie },
      // One address may not do that as often as a bench does.
      localAddress: `127.1.${randomInt(256)}.${1 + randomInt(250)}`,
    });
    if (status !== 204) throw new Error(`POST /api/progress/delete answered ${status}: ${body}`);
  }

  /** Opens the terminal; the sandbox starts with it. Resolves when the WebSocket is open and `open` was said. */
  async open(options: TerminalOptions = {}): Promise<TerminalClient> {
    return new TerminalClient(await this.socket(`terminals/${TERMINAL}`), options);
  }

  /** Opens the live socket of a lesson. */
  async openLesson(slug: string, heard: (message: LessonServerMessage) => void): Promise<LessonClient> {
    return new LessonClient(await this.socket(`lessons/${slug}/live`), heard);
  }

  private socket(path: string): Promise<WebSocket> {
    const socket = new WebSocket(`${this.url.replace(/^http/, 'ws')}/api/courses/${this.course}/${path}`, {
      origin: this.url,
      headers: { cookie: this.cookie },
      perMessageDeflate: false,
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        socket.off('error', reject);
        resolve(socket);
      });
    });
  }
}

/** One page that shows a lesson, over its live socket. */
import type { WebSocket } from 'ws';
import type { LessonClientMessage, LessonServerMessage } from '../../../sandbox-server/protocol/lesson.ts';

export class LessonClient implements AsyncDisposable {
  private readonly socket: WebSocket;

  constructor(socket: WebSocket, heard: (message: LessonServerMessage) => void) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => heard(JSON.parse(data.toString('utf8')) as LessonServerMessage));
    socket.on('error', () => {});
  }

  say(message: LessonClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.readyState === this.socket.CLOSED) return;
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.close();
    await closed;
  }
}

/** One page that shows one lesson: a WebSocket on one side, the learner's visit of the course on the other. */
import type { WebSocket } from 'ws';
import type { Metrics } from '../metrics/metrics.ts';
import type { ErrorCode } from '../protocol/errors.ts';
import type { LessonServerMessage } from '../protocol/lesson.ts';
import { toLearnerError } from '../session/learner-error.ts';
import type { OpenLesson } from '../visit/open-lesson.ts';
import type { Page } from '../visit/page.ts';
import type { Connection } from './connection.ts';
import { parseLessonMessage } from './lesson-messages.ts';
import { PageSocket } from './page-socket.ts';

/** Most messages within `WINDOW_MS`: a page tells where its reader is a few times a second while they scroll. */
const MAX_MESSAGES = 300;
const WINDOW_MS = 10_000;

export class LessonSocket implements Connection, Page {
  private readonly socket: PageSocket;
  private lesson: OpenLesson | undefined;
  private received = 0;
  private since = performance.now();

  /** `open`: the page is there, and is told everything from now on. */
  constructor(webSocket: WebSocket, metrics: Metrics, open: (page: Page) => OpenLesson) {
    this.socket = new PageSocket({
      webSocket,
      received: (data, isBinary) => this.heard(data, isBinary),
      closed: () => this.closed(),
      refused: (code) => metrics.refused(code, 'websocket'),
    });
    try {
      this.lesson = open(this);
    } catch (error) {
      this.close(toLearnerError(error).code);
    }
  }

  tell(message: LessonServerMessage): void {
    this.socket.tell(message);
  }

  close(code: ErrorCode): void {
    this.closed();
    this.socket.close(code);
  }

  ping(): void {
    this.socket.ping();
  }

  private heard(data: Buffer, isBinary: boolean): void {
    if (!this.lesson) return;
    if (this.isTooOften()) return this.close('too-many-requests');
    const message = isBinary ? undefined : parseLessonMessage(data.toString('utf8'));
    if (!message) return this.close('bad-request');
    switch (message.type) {
      case 'check':
        return this.lesson.check(message.task, message.answer);
      case 'reading':
        return this.lesson.reading({ anchor: message.anchor, offset: message.offset });
      case 'figure':
        return this.lesson.figure(message.seen);
    }
  }

  private isTooOften(): boolean {
    const now = performance.now();
    if (now - this.since >= WINDOW_MS) {
      this.since = now;
      this.received = 0;
    }
    return ++this.received > MAX_MESSAGES;
  }

  private closed(): void {
    const { lesson } = this;
    this.lesson = undefined;
    lesson?.[Symbol.dispose]();
  }
}

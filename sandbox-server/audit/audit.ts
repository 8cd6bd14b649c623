/**
 * The record of who had which sandbox when, from which address: one JSON object a line, in a file that only the server's
 * user reads, kept apart from the logs and for as long as a setting says. It holds no names, no keys and no files.
 */
import type { ErrorCode } from '../protocol/errors.ts';
import { currentRequest } from '../request.ts';
import type { Happening, Whose } from '../session/happening.ts';
import type { AuditFile } from './audit-file.ts';

/** What is noted besides what becomes of sandboxes. */
export type LearnerEvent = 'recovery-code-made' | 'recovery-code-used' | 'learner-deleted';

/** What does not tell who had what. */
const PASSED_OVER: readonly Happening['event'][] = ['stage', 'frozen', 'thawed'];

/** One line. Absent is what the event has not. */
export interface AuditEntry {
  /** ISO 8601. */
  time: string;
  event: string;
  learner: string;
  /** Where the request came from that it was done for. Absent: the server did it of its own accord. */
  address?: string;
  request?: string;
  sandbox?: string;
  course?: string;
  /** Identity of the image. */
  image?: string;
  profile?: string;
  reason?: string;
  code?: ErrorCode;
  /** The sandbox before. */
  from?: string;
  what?: string;
  until?: string;
}

export class Audit {
  private readonly file: Pick<AuditFile, 'write'>;
  private readonly now: () => number;

  constructor(file: Pick<AuditFile, 'write'>, now: () => number) {
    this.file = file;
    this.now = now;
  }

  happened({ id, learner, course, spec }: Whose, happening: Happening): void {
    if (PASSED_OVER.includes(happening.event)) return;
    const { event, ...more } = happening;
    const about = { sandbox: id, course, image: spec.image, profile: spec.profile };
    const until = 'until' in more ? { until: iso(more.until) } : {};
    this.note(event, learner, { ...about, ...more, ...until });
  }

  learner(event: LearnerEvent, learner: string): void {
    this.note(event, learner, {});
  }

  private note(event: string, learner: string, more: object): void {
    const { id, address } = currentRequest() ?? {};
    const entry: AuditEntry = {
      time: iso(this.now()),
      event,
      learner,
      ...(address !== undefined && { address }),
      ...(id !== undefined && { request: id }),
      ...more,
    };
    this.file.write(JSON.stringify(entry));
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** What a learner's sandbox has of the rest of the server. */
import type { SandboxDriver } from '../sandbox/driver.ts';
import type { OnHappening } from './happening.ts';
import type { Room } from './room/room.ts';
import type { SandboxSession } from './sandbox-session.ts';
import type { Sandbox } from './start-sandbox.ts';

export interface SessionContext {
  driver: SandboxDriver;
  now: () => number;
  startTimeoutMs: number;
  /** After this time without anybody it is stopped: words for those who come back. */
  idleStopMs: number;
  sessionTimeMs: number;
  sessionExtendMs: number;
  /** The host's places for sandboxes that run. */
  room: Pick<Room, 'admit' | 'leave' | 'freed'>;
  /** A sandbox of the same spec that waits for a learner, and is this one's from now on, in the database too. */
  claim(session: SandboxSession): Sandbox | undefined;
  /** Notes in the database that somebody is here. */
  seen(id: string): void;
  /** Notes in the database until when it is kept at least. */
  keep(id: string, until: number): void;
  /** Notes in the database when its time is over. */
  noteEnd(id: string, endsAt: number | null): void;
  /** Called when somebody looks at it whom nobody was with before. */
  onReturned(session: SandboxSession): void;
  /** Called whenever a sandbox is `ready`; what it returns is disposed when the sandbox is not any more. */
  onReady(session: SandboxSession): Disposable | undefined;
  onHappening: OnHappening;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/** What the sandboxes of all learners are made of, and whom they tell. */
import type { Config } from '../config.ts';
import type { RecoveryLines } from '../recovery-log.ts';
import type { SandboxDriver, SandboxSpec } from '../sandbox/driver.ts';
import type { SandboxRecords } from '../store/sandbox-records.ts';
import type { Clock } from './clock.ts';
import type { OnHappening } from './happening.ts';
import type { RoomOptions } from './room/room.ts';
import type { SandboxSession } from './sandbox-session.ts';
import type { SessionContext } from './session-context.ts';
import type { Spares } from './spares.ts';
import type { Sandbox } from './start-sandbox.ts';

export interface SessionsOptions {
  driver: SandboxDriver;
  records: SandboxRecords;
  /** Of those who wait. */
  places: RoomOptions['places'];
  clock: Clock;
  config: RoomOptions['config'] &
    Pick<
      Config,
      | 'limits'
      | 'idleFreezeMs'
      | 'idleStopMs'
      | 'expiryMs'
      | 'extendMs'
      | 'sessionTimeMs'
      | 'sessionExtendMs'
      | 'startTimeoutMs'
      | 'images'
      | 'poolSize'
    >;
  log: SessionContext['log'] & RecoveryLines;
  spares: Spares;
  /** What the courses' sandboxes are made of, of which some may wait for learners. Absent: none does. */
  specs?: () => Iterable<SandboxSpec>;
  outlet?: Outlet;
  /** Called whenever a sandbox is ready; what it returns is disposed when the sandbox is not any more. */
  whileReady?: (session: SandboxSession) => Disposable;
  /** Told what becomes of sandboxes. */
  onHappening?: OnHappening;
  /** Told whether one waited where a new sandbox was asked for. */
  onClaim?: (found: boolean) => void;
  /** Called when somebody comes to a sandbox that nobody looked at. */
  onReturned?: (session: SandboxSession) => void;
}

/** Where sandboxes reach what is outside of them. */
export interface Outlet {
  /** Opens the way out of a sandbox that runs, until disposed. Undefined: it has none. */
  open(sandbox: Sandbox): Disposable | undefined;
  /** Forgets what a sandbox that is gone left outside. */
  remove(id: string): Promise<void>;
}

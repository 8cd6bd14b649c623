/** Sessions on a fake driver, a database in memory and a clock that a test turns. */
import type { SandboxDriver } from '../../sandbox-server/sandbox/driver.ts';
import { Clock } from '../../sandbox-server/session/clock.ts';
import { Sessions } from '../../sandbox-server/session/sessions.ts';
import type { SessionsOptions } from '../../sandbox-server/session/sessions-options.ts';
import { Spares } from '../../sandbox-server/session/spares.ts';
import { openDatabase } from '../../sandbox-server/store/database.ts';
import { Learners } from '../../sandbox-server/store/learners.ts';
import { QueuePlaces } from '../../sandbox-server/store/queue-places.ts';
import { SandboxRecords } from '../../sandbox-server/store/sandbox-records.ts';
import { SpareRecords } from '../../sandbox-server/store/spare-records.ts';
import { LIMITS_OF, NO_LIMITS } from './limits.ts';

export interface SessionsUnderTest {
  sessions: Sessions;
  spares: Spares;
  records: SandboxRecords;
  /** `now` is the host's clock, of which so many milliseconds are jumps and did not pass. */
  clock: { now: number; jumped: number };
  warnings: string[];
}

export function sessionsOn(
  driver: SandboxDriver,
  config: Partial<SessionsOptions['config']> = {},
  database = openDatabase(':memory:'),
  outlet?: SessionsOptions['outlet'],
  whileReady?: SessionsOptions['whileReady'],
  onReturned?: SessionsOptions['onReturned'],
  specs?: SessionsOptions['specs'],
): SessionsUnderTest {
  const clock = { now: 1_000_000, jumped: 0 };
  const now = () => clock.now;
  const learners = new Learners(database, now);
  for (const id of ['ada', 'ben', 'eve']) if (!learners.visit(id)) learners.create(id);
  const records = new SandboxRecords(database, now);
  const warnings: string[] = [];
  const warn = (_fields: object, text: string) => void warnings.push(text);
  const log = { info() {}, warn, error: warn };
  const spares = new Spares({
    driver,
    records: new SpareRecords(database, now),
    startTimeoutMs: config.startTimeoutMs ?? 1000,
    log,
    ...(outlet ? { outlet } : {}),
  });
  const sessions = new Sessions({
    spares,
    driver,
    records,
    clock: new Clock(now, () => clock.now - clock.jumped),
    places: new QueuePlaces(database),
    config: {
      limits: LIMITS_OF,
      ...NO_LIMITS,
      maxSandboxes: 10,
      startTimeoutMs: 1000,
      images: { image: { id: 'image', profile: 'standard' } },
      ...config,
    },
    log,
    ...(outlet ? { outlet } : {}),
    ...(whileReady ? { whileReady } : {}),
    ...(onReturned ? { onReturned } : {}),
    ...(specs ? { specs } : {}),
  });
  return { sessions, spares, records, clock, warnings };
}

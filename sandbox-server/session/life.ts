/** When a sandbox is put to rest, if nobody comes. */
import type { Config } from '../config.ts';
import type { SandboxLife } from '../protocol/api.ts';
import type { SandboxSession } from './sandbox-session.ts';

/** What is gained by less than this, in milliseconds, is not worth asking for. */
const LEAST_EXTENSION_MS = 3_600_000;

const NO_LIFE: SandboxLife = {
  freezesAt: null,
  stopsAt: null,
  deletedAt: null,
  extendable: false,
  sessionEndsAt: null,
  sessionExtendable: false,
};

export function lifeOf(
  session: Pick<SandboxSession, 'state' | 'running' | 'idleMs' | 'attendance' | 'time'> | undefined,
  {
    idleFreezeMs,
    idleStopMs,
    expiryMs,
    extendMs,
  }: Pick<Config, 'idleFreezeMs' | 'idleStopMs' | 'expiryMs' | 'extendMs'>,
  now: number,
): SandboxLife {
  if (!session) return NO_LIFE;
  const after = (ms: number) => (ms > 0 ? now - session.idleMs + ms : null);
  const rests = session.running && !session.attendance.viewed;
  const stopsAt = rests ? after(idleStopMs) : null;
  const freezesAt = rests && session.state !== 'frozen' ? after(idleFreezeMs) : null;
  const deletion = after(expiryMs);
  const deletedAt = deletion === null ? null : Math.max(deletion, session.attendance.keepUntil);
  return {
    freezesAt: freezesAt !== null && stopsAt !== null && freezesAt >= stopsAt ? null : freezesAt,
    stopsAt,
    deletedAt,
    extendable: deletedAt !== null && extendMs > 0 && now + expiryMs + extendMs - deletedAt >= LEAST_EXTENSION_MS,
    sessionEndsAt: session.time.endsAt,
    sessionExtendable: session.time.extendable,
  };
}

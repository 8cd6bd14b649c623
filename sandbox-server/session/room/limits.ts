/** What keeps a sandbox from starting now, by the operator's limits. */
import type { Config } from '../../config.ts';
import type { Wait } from '../../protocol/messages.ts';
import type { HostCapacity } from '../../sandbox/driver.ts';
import type { Guest } from './guest.ts';
import type { HostRoom } from './host-room.ts';
import { Rates } from './rates.ts';

export interface Obstacle {
  why: Wait['why'];
  /** Whether it keeps back everybody who comes after as well. */
  shared: boolean;
  /** Those of which one must end first, where it is the learner's own. */
  among?: readonly Guest[];
  /** With `rate`: the address whose next starts it waits for. */
  startsFrom?: string | undefined;
  /** What its learner is told. */
  words: (place: number, aboutMinutes: number | null) => Wait;
}

export interface Situation {
  /** All that have a place. */
  occupants: readonly Guest[];
  /** Undefined where the host cannot be asked. */
  host: HostCapacity | undefined;
  /** What keeps back those who stand before in line. */
  ahead: readonly Obstacle[];
}

export class Limits {
  private readonly config: Pick<
    Config,
    'maxSandboxes' | 'sandboxesPerLearner' | 'sandboxesPerAddress' | 'startsPerLearner' | 'startsPerAddress'
  >;
  private readonly host: HostRoom;
  private readonly byLearner: Rates;
  private readonly byAddress: Rates;

  constructor(config: Limits['config'], host: HostRoom, now: () => number) {
    this.config = config;
    this.host = host;
    this.byLearner = new Rates(config.startsPerLearner, now);
    this.byAddress = new Rates(config.startsPerAddress, now);
  }

  /** What keeps it from starting; undefined: nothing. */
  obstacle(guest: Guest, { occupants, host, ahead }: Situation): Obstacle | undefined {
    return this.ownObstacle(guest, occupants, ahead) ?? this.sharedObstacle(guest, { occupants, host, ahead });
  }

  /** Milliseconds until its learner may start one more, where so many from the same address will before. */
  startWaitMs({ learner, address }: Guest, ahead = 0): number {
    const near = address === undefined ? 0 : this.byAddress.waitMs(address, ahead);
    return Math.max(this.byLearner.waitMs(learner), near);
  }

  started({ learner, address }: Guest): void {
    this.byLearner.take(learner);
    if (address !== undefined) this.byAddress.take(address);
  }

  private ownObstacle(guest: Guest, occupants: readonly Guest[], ahead: readonly Obstacle[]): Obstacle | undefined {
    const { learner, address } = guest;
    const before = address === undefined ? 0 : ahead.filter((other) => other.startsFrom === address).length;
    const inMs = this.startWaitMs(guest, before);
    if (inMs > 0) {
      return { why: 'rate', shared: false, startsFrom: address, words: () => ({ why: 'rate', inMs }) };
    }
    const own = occupants.filter((other) => other.learner === learner);
    const near = address === undefined ? [] : occupants.filter((other) => other.address === address);
    for (const [why, most, among] of [
      ['yours', this.config.sandboxesPerLearner, own],
      ['address', this.config.sandboxesPerAddress, near],
    ] as const) {
      const running = among.length;
      if (most === 0 || running < most) continue;
      return { why, shared: false, ...(why === 'yours' ? { among } : {}), words: () => ({ why, running }) };
    }
    return undefined;
  }

  private sharedObstacle(guest: Guest, { occupants, host, ahead }: Situation): Obstacle | undefined {
    // Who has a disk already can start over it, and delete.
    if (guest.state === 'requested' && host && !this.host.hasDisk(host)) return inLine('disk', false);
    const blocked = ahead.find(({ shared }) => shared);
    if (blocked) return blocked;
    if (occupants.length >= this.config.maxSandboxes) return inLine('places', true);
    if (host && !this.host.hasMemory(host, guest.spec.limits)) return inLine('memory', true);
    return undefined;
  }
}

function inLine(why: 'places' | 'memory' | 'disk', shared: boolean): Obstacle {
  return { why, shared, words: (place, aboutMinutes) => ({ why, place, aboutMinutes }) };
}

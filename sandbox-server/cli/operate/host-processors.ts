/** How much this machine's processors do. */
import { cpus } from 'node:os';

interface Sample {
  idle: number;
  all: number;
}

export class HostProcessors {
  private last = sample();

  /** Part of them that was at work since the last call; undefined: no time has passed. */
  busy(): number | undefined {
    const { last } = this;
    const now = sample();
    this.last = now;
    const all = now.all - last.all;
    return all > 0 ? Math.max(0, 1 - (now.idle - last.idle) / all) : undefined;
  }
}

function sample(): Sample {
  const times = cpus().map((each) => each.times);
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    all: times.reduce((sum, each) => sum + Object.values(each).reduce((a, b) => a + b, 0), 0),
  };
}

/** Whether a program that was called gets anywhere, or hangs: told from the kernel, whatever the program is. */
import { readdirSync, readFileSync } from 'node:fs';

/** How often it is looked, in milliseconds. Most programs have ended by the first. */
const LOOK_MS = 500;

/**
 * Calls `stalled` once when neither the program nor any that it has started did anything for so long: none ran, none could
 * have run, and none was woken. One that is slow, or that the machine has no time for, is not stalled. Until disposed.
 */
export function watchForStall(pid: number, stalledMs: number, stalled: () => void): Disposable {
  let last = '';
  let since = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const seen = activityOf(pid);
    if (seen === undefined || seen !== last) {
      last = seen ?? '';
      since = now;
    } else if (now - since >= stalledMs) {
      clearInterval(timer);
      stalled();
    }
  }, LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** What changes whenever one of them does anything; undefined while one could run, and where it cannot be told. */
function activityOf(root: number): string | undefined {
  const seen: string[] = [];
  const left = [String(root)];
  try {
    for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
      // Each thread is counted, and starts others, by itself: in a Go program the first may rest while others work.
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
        if (/^State:\s+R/m.test(status)) return undefined;
        const switches = [...status.matchAll(/ctxt_switches:\s+(\d+)/g)].map(([, count]) => count);
        seen.push(`${thread}:${switches.join('+')}`);
        left.push(...readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean));
      }
    }
  } catch {
    // One has just ended, or the kernel does not tell whom they have started (it has no CONFIG_PROC_CHILDREN).
    return undefined;
  }
  return seen.join(' ');
}

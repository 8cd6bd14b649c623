/** Whether a program that was called gets anywhere, or hangs: told from the kernel, whatever the program is. */
import { readFileSync } from 'node:fs';

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
  const left = [root];
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    const status = textOf(`/proc/${pid}/status`);
    // Kernels without CONFIG_PROC_CHILDREN do not tell whom it has started.
    const children = textOf(`/proc/${pid}/task/${pid}/children`);
    if (status === undefined || children === undefined || /^State:\s+R/m.test(status)) return undefined;
    const switches = [...status.matchAll(/ctxt_switches:\s+(\d+)/g)].map(([, count]) => count);
    seen.push(`${pid}:${switches.join('+')}`);
    left.push(...children.split(' ').filter(Boolean).map(Number));
  }
  return seen.join(' ');
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

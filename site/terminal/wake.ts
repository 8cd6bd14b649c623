/** A timer that comes this much too late slept with the machine. */
const TICK_MS = 10_000;
const SLEPT_MS = 30_000;

/** Calls back when sockets may have died without a word: the network went or came back, or the machine slept. */
export function onWake(wake: () => void, signal: AbortSignal): void {
  window.addEventListener('online', wake, { signal });
  // No proof: a server on the same machine is still there. Whether it is, the new socket shows at once; the old one never.
  window.addEventListener('offline', wake, { signal });
  window.addEventListener('pageshow', (event) => event.persisted && wake(), { signal });
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    // A hidden page's timers are late as a rule; it resumes when it is shown.
    if (now - last > SLEPT_MS && !document.hidden) wake();
    last = now;
  }, TICK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}

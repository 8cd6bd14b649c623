/** Moments in words. Of today the time says enough: `at 14:32`, `on 3 March at 14:32`. */
export function dateAndTime(at: number | null): string {
  const then = new Date(at ?? Date.now());
  const time = `at ${then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
  return then.toDateString() === new Date().toDateString() ? time : `on ${dayOf(then)} ${time}`;
}

/** `3 March` */
export function dayOf(then: Date): string {
  return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
}

/** `0.8 s`, `12 s` */
export function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
}

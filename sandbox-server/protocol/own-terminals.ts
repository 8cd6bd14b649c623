/** Terminals that a learner opens beside those of the lesson. Page, server and the reader of courses keep this form. */
import { MAX_OWN_TERMINALS } from './limits.ts';

/** Lessons may not use it, so that the name alone tells whose a terminal is. */
const RESERVED = /^extra-\d+$/;

const OWN = /^extra-(?<number>[1-9]\d*)$/;

/** Whether the name is kept for terminals of a learner's own: `extra-1`. */
export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/** `extra-2` → 2; undefined for what is no name of a learner's own terminal. There may be none of that number. */
export function numberOfOwn(name: string): number | undefined {
  const number = OWN.exec(name)?.groups?.['number'];
  return number === undefined ? undefined : Number(number);
}

/** Every name that a terminal of a learner's own can have. That these are all is what bounds their number. */
export const OWN_TERMINALS: readonly string[] = Array.from(
  { length: MAX_OWN_TERMINALS },
  (_, index) => `extra-${index + 1}`,
);

/** Short ids: how many letters tell sandboxes apart, and which sandbox an operator means by some. */
import { Failure } from '../plain/report.mjs';

/** Fewer would be the same by chance too often. */
const FEWEST = 6;

/** So many letters of each id are no other's. */
export function lengthThatTells(ids: readonly string[]): number {
  const sorted = ids.toSorted();
  const shared = sorted.slice(1).map((id, index) => sharedStart(id, sorted[index]!));
  return Math.max(FEWEST, ...shared.map((length) => length + 1));
}

/** The one that begins with it. Throws a `Failure` that says which could be meant. */
export function chooseId(ids: readonly string[], given: string): string {
  const meant = ids.filter((id) => id.startsWith(given));
  if (meant.length === 1) return meant[0]!;
  const length = lengthThatTells(ids);
  if (meant.length === 0) {
    throw new Failure({
      what: `There is no sandbox ${JSON.stringify(given)}.`,
      mend: '`slipway ps --all` shows every sandbox.',
    });
  }
  throw new Failure({
    what: `${JSON.stringify(given)} could be ${meant.length} sandboxes.`,
    why: meant.map((id) => id.slice(0, length)).join('\n'),
    mend: 'Give more letters of the one that you mean.',
  });
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Amounts as short as a table wants them. */
import { sizeText } from '../doctor/probe.ts';

const NONE = '-';

export function sizeOfLimit(bytes: number | null, limit: number | null): string {
  if (bytes === null) return NONE;
  return limit === null ? sizeText(bytes) : `${sizeText(bytes)} of ${sizeText(limit)}`;
}

export function percent(part: number | undefined): string {
  return part === undefined ? NONE : `${Math.round(part * 100)} %`;
}

export function numberOr(value: number | null): string {
  return value === null ? NONE : String(value);
}

const UNITS = [
  { unit: 'd', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
  { unit: 's', ms: 1000 },
] as const;

/** In the largest unit of which there are two: `90 min`, `3 d`. */
export function ageOf(since: number | null, now: number): string {
  if (since === null) return NONE;
  const age = Math.max(0, now - since);
  const { unit, ms } = UNITS.find((each) => age >= 2 * each.ms) ?? UNITS.at(-1)!;
  return `${Math.floor(age / ms)} ${unit}`;
}

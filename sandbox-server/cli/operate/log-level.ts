/** pino's levels. */
export const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
export type Level = keyof typeof LEVELS;

export const isLevel = (word: string): word is Level => Object.hasOwn(LEVELS, word);

/** The name of a level, or of the one below where it has none of its own. */
export function levelName(level: number): Level {
  const names = Object.keys(LEVELS) as Level[];
  return names.findLast((name) => LEVELS[name] <= level) ?? 'trace';
}

/** A setting that cannot be used. The message names the setting, where it came from, its value and what is allowed. */
export class ConfigProblem extends Error {
  override name = 'ConfigProblem';
}

/** The known name nearest to a mistyped one, where one is near enough to be meant. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(name, word);
    if (distance <= Math.max(2, name.length / 3) && distance < (best?.distance ?? Infinity)) best = { word, distance };
  }
  return best?.word;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

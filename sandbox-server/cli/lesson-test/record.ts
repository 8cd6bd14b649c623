/** Writes what came into the output blocks of an index.md, and touches nothing else in it. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Rewrite } from './walk.ts';

/** The text with its output blocks rewritten. A line that would close its block is refused: null. */
export function withOutputs(source: string, rewrites: readonly Rewrite[]): string | null {
  const newline = source.includes('\r\n') ? '\r\n' : '\n';
  const rows = source.split(/\r?\n/);
  // From the last on: those before keep their lines.
  for (const { first, last, indent, lines } of rewrites.toSorted((a, b) => b.first - a.first)) {
    if (lines.some((line) => /^\s*(`{3,}|~{3,})\s*$/.test(line))) return null;
    rows.splice(first - 1, last - first + 1, ...lines.map((line) => (indent + line).trimEnd()));
  }
  return rows.join(newline);
}

export async function record(path: string, rewrites: readonly Rewrite[]): Promise<boolean> {
  const text = withOutputs(await readFile(path, 'utf8'), rewrites);
  if (text === null) return false;
  await writeFile(path, text);
  return true;
}

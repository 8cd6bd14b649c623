/** Writes what came into the output blocks of an index.md, and touches nothing else in it. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Rewrite } from './walk.ts';

/** The text with its output blocks rewritten, but for those in which a line would end the block: they are `refused`. */
export function withOutputs(source: string, rewrites: readonly Rewrite[]): { text: string; refused: Rewrite[] } {
  const newline = source.includes('\r\n') ? '\r\n' : '\n';
  const rows = source.split(/\r?\n/);
  const refused: Rewrite[] = [];
  // From the last on: those before keep their lines.
  for (const rewrite of rewrites.toSorted((a, b) => b.first - a.first)) {
    const { first, last, indent, lines } = rewrite;
    if (lines.some(endsBlock(rows[first - 2] ?? ''))) refused.push(rewrite);
    else rows.splice(first - 1, last - first + 1, ...lines.map((line) => (indent + line).trimEnd()));
  }
  return { text: rows.join(newline), refused };
}

/** By the line that opens the block: as many of the same character, and no more than three spaces before them. */
function endsBlock(opening: string): (line: string) => boolean {
  const [fence = '```'] = /`{3,}|~{3,}/.exec(opening) ?? [];
  const end = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}[ \\t]*$`);
  return (line) => end.test(line);
}

/** Returns what was refused. */
export async function record(path: string, rewrites: readonly Rewrite[]): Promise<Rewrite[]> {
  const source = await readFile(path, 'utf8');
  const { text, refused } = withOutputs(source, rewrites);
  if (text !== source) await writeFile(path, text);
  return refused;
}

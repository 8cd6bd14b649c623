/** One word of a fence's info string: `run`, `terminal=two`, `opens="# "`, `{2-4}`. */
export interface Word {
  key: string;
  /** Undefined for a word that stands alone. */
  value: string | undefined;
  /** As written, for messages. */
  source: string;
}

// A value is bare, in double or single quotes, or in braces (line numbers); a lone {…} marks lines.
const WORD =
  /(?<key>[^\s="'{}]+)(?:=(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<braces>\{[^}]*\})|(?<bare>[^\s"'{}]*)))?(?=\s|$)|(?<lines>\{[^}]*\})(?=\s|$)|(?<broken>\S+)/g;

/** Cuts what follows a fence's language into words. What fits no form becomes a word that no one knows. */
export function wordsOf(meta: string): Word[] {
  return [...meta.matchAll(WORD)].map((match) => {
    const [source] = match;
    const { key, double, single, braces, bare, lines } = match.groups ?? {};
    if (lines !== undefined) return { key: 'lines', value: lines, source };
    return { key: key ?? source, value: double ?? single ?? braces ?? bare, source };
  });
}

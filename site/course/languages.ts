import { bundledLanguages } from 'shiki/langs';

/** Names that the highlighter takes for a block's language, `output` and plain text besides. */
export const LANGUAGES: readonly string[] = [
  ...Object.keys(bundledLanguages),
  'output',
  'text',
  'txt',
  'plaintext',
  'ansi',
];

const KNOWN = new Set(LANGUAGES);

/** A block may also have no language at all. */
export const isLanguage = (name: string) => name === '' || KNOWN.has(name);

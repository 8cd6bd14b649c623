/**
 * What comes out of a sandbox → text that can be shown: no byte of it may act on a page, a terminal or a log, or stand
 * anywhere else than where it came.
 */
import { stripVTControlCharacters } from 'node:util';

/**
 * Control characters but for newline and tab; line and paragraph separators; marks that turn the direction of the text
 * around them.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const ACTING = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The first of Unicode's pictures of control characters: each has its own, 0x2400 higher. */
const PICTURES = 0x2400;
const PICTURE_OF_DELETE = '\u2421';
const NO_PICTURE = '\ufffd';

/**
 * Text with every control character as a picture of it: for what is compared, where a learner must see them. What is no
 * character, half of a pair, becomes one that says so.
 */
export function showControls(text: string): string {
  return text.toWellFormed().replace(ACTING, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(PICTURES + code);
    return code === 0x7f ? PICTURE_OF_DELETE : NO_PICTURE;
  });
}

/** Text as a terminal would show it: colours are left out, lines may end as terminals end them. */
export function asShown(text: string): string {
  return showControls(stripVTControlCharacters(text).replaceAll('\r\n', '\n')).trim();
}

/** At most so many UTF-16 code units, the last of which is an ellipsis where something was cut. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, length - 1);
  // Half of a pair is no character.
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

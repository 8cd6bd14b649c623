import { posix } from 'node:path';
import type { Picture } from './blocks.ts';
import type { Mistake } from './problem.ts';

/** Drawn in place from the page's tokens; all others are pictures of pixels. */
export const isDrawing = (url: string) => /\.svg$/i.test(url);

const KINDS = ['svg', 'png', 'jpg', 'jpeg', 'webp', 'avif', 'gif'];

/** What is wrong with a picture, as far as the lesson's text tells. */
export function mistakesOfPicture({ url, alt }: Picture): Mistake[] {
  if (url === '') return [byReference(alt)];
  const mistakes: Mistake[] = [];
  if (alt.trim() === '') {
    mistakes.push({
      what: `the picture "${url}" has no text alternative`,
      expected: 'in the square brackets, what somebody should know who does not see it',
      mend: `Write ![What it shows, in words.](${url})`,
    });
  }
  const path = posix.normalize(url);
  const beside = !/^(?:[a-z][a-z0-9+.-]*:|\/|\.\.)/i.test(path);
  if (!beside || !KINDS.includes(url.split('.').at(-1)?.toLowerCase() ?? '')) {
    mistakes.push({
      what: `"${url}" cannot be shown`,
      expected: `a file in the lesson’s folder that ends in ${KINDS.join(', ')}`,
      mend: 'Put the picture beside index.md and write its file’s name.',
    });
  }
  return mistakes;
}

const byReference = (alt: string): Mistake => ({
  what: `the picture "${alt}" is named by reference`,
  expected: 'its file’s name where it is shown',
  mend: `Write ![${alt}](file.svg), with the file’s name.`,
});

/** What a drawing must not hold: it becomes part of the page. */
const FORBIDDEN: [pattern: RegExp, what: string][] = [
  [/<script\b/i, 'a script'],
  [/<foreignObject\b/i, 'a foreignObject'],
  [/\son[a-z]+\s*=/i, 'an event handler'],
  [/(?:href|src)\s*=\s*["']?\s*(?!#|["'])[^"'\s>]/i, 'a reference to another file'],
  [/url\(\s*["']?(?!#)|@import/i, 'a reference to another file'],
];

/** What is wrong with a drawing's own source; `line` is in its file. */
export function mistakesOfDrawing(source: string): (Mistake & { line: number; column: number })[] {
  const mistakes = FORBIDDEN.flatMap(([pattern, what]) => {
    const at = source.search(pattern);
    if (at < 0) return [];
    const mend = 'Take it out, or draw it with shapes and text.';
    const before = source.slice(0, at);
    const place = { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
    return [{ ...place, what: `the drawing holds ${what}`, expected: 'shapes and text alone', mend }];
  });
  if (!/<svg[^>]*\sviewBox\s*=/i.test(source)) {
    const what = 'the drawing has no viewBox';
    mistakes.push({
      line: 1,
      column: 1,
      what,
      expected: 'a viewBox, from which it is scaled to the page',
      mend: 'Write for example <svg viewBox="0 0 640 320" …>.',
    });
  }
  return mistakes;
}

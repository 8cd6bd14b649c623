import Slugger from 'github-slugger';
import type { Heading } from './blocks.ts';
import type { Mistake } from './problem.ts';

/** The page's h1 is the lesson's title, and an h2 its first part. */
const TOP = 2;

/** The ids that headings get on the page, in order: GitHub's, so that a link works there too. */
export function anchorsOf(headings: readonly Heading[]): string[] {
  const slugger = new Slugger();
  return headings.map(({ text }) => slugger.slug(text));
}

/** What is wrong with a heading that follows one of the depth `before`; 1 where it is the first. */
export function mistakesOfHeading({ depth, text }: Heading, before: number): Mistake[] {
  const marks = (level: number) => '#'.repeat(level);
  if (text.trim() === '') {
    return [{ what: 'a heading without text', expected: 'words after the #', mend: 'Write them, or remove the line.' }];
  }
  if (depth < TOP) {
    return [
      {
        what: `"# ${text}" is a second title`,
        expected: 'headings from "##" on: the page’s title is the frontmatter’s',
        mend: `Write "## ${text}", and one # more on the headings below it.`,
      },
    ];
  }
  if (depth > before + 1) {
    return [
      {
        what: `"${marks(depth)} ${text}" leaves out a level`,
        expected: `"${marks(before + 1)}" at most, after "${marks(before)}"`,
        mend: `Write "${marks(before + 1)} ${text}".`,
      },
    ];
  }
  return [];
}

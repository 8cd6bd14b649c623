import { blocksOf, type Blocks, type Link, type Picture } from './blocks.ts';
import { mistakesOfDirective } from './directives.ts';
import { parseFence } from './fence.ts';
import { anchorsOf, mistakesOfHeading } from './headings.ts';
import { slugOfLesson } from './names.ts';
import { mistakesOfHtml, mistakesOfText } from './passages.ts';
import { mistakesOfPicture } from './pictures.ts';
import type { Mistake, Problem } from './problem.ts';
import { lessonSchema, type LessonFields } from './schema.ts';
import { readYaml } from './yaml.ts';

/** A lesson as its file says it. */
export interface Lesson extends LessonFields {
  /** Its folder's name. */
  id: string;
  /** Its place in URLs. */
  slug: string;
  /** The Markdown below the frontmatter. */
  body: string;
  /** What its headings can be linked by. */
  anchors: string[];
  /** Whether they lead somewhere shows when all lessons are read. */
  links: Link[];
  /** Files beside it that it shows. */
  pictures: Picture[];
}

const FRONTMATTER = /^---[ \t]*\r?\n(?<yaml>[\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

/** Reads a lesson's index.md. Pure: the text comes in, the lesson or its problems come out. */
export function parseLesson(id: string, file: string, source: string): { lesson: Lesson } | { problems: Problem[] } {
  const frontmatter = source.startsWith('---') ? FRONTMATTER.exec(source) : null;
  if (frontmatter === null) return { problems: [noFrontmatter(file)] };
  const read = readYaml({ file, text: frontmatter.groups?.['yaml'] ?? '', firstLine: 2 }, lessonSchema);
  if ('problems' in read) return read;

  const blocks = blocksOf(source);
  const problems = problemsOfBlocks(file, blocks, read.value.terminals);
  if (problems.length > 0) return { problems };
  const { headings, links, pictures } = blocks;
  return {
    lesson: {
      ...read.value,
      id,
      slug: slugOfLesson(id) ?? id,
      body: source.slice(frontmatter[0].length),
      anchors: anchorsOf(headings),
      links,
      pictures,
    },
  };
}

function problemsOfBlocks(file: string, blocks: Blocks, terminals: readonly string[]): Problem[] {
  const { fences, directives, headings, pictures, html, texts } = blocks;
  const at = <T extends { line: number }>(items: readonly T[], mistakesOf: (item: T, index: number) => Mistake[]) =>
    items.flatMap((item, index) => mistakesOf(item, index).map((mistake) => ({ file, line: item.line, ...mistake })));
  return [
    ...at(fences, ({ language, meta }, index) => {
      const parsed = parseFence(language, meta, terminals);
      if ('mistakes' in parsed) return parsed.mistakes;
      const orphan = parsed.fence.kind === 'output' && fences[index - 1] === undefined;
      return orphan ? [outputOfNothing] : [];
    }),
    ...at(directives, (directive) => mistakesOfDirective(directive, directives)),
    ...at(headings, (heading, index) => mistakesOfHeading(heading, headings[index - 1]?.depth ?? 1)),
    ...at(pictures, mistakesOfPicture),
    ...at(html, mistakesOfHtml),
    ...at(texts, mistakesOfText),
  ].sort((a, b) => a.line - b.line);
}

const outputOfNothing: Mistake = {
  what: 'an "output" block without a command before it',
  expected: 'the command in a block above, what it prints in the "output" block',
  mend: 'Write the command above it, or "text" in place of "output".',
};

const noFrontmatter = (file: string): Problem => ({
  file,
  line: 1,
  what: 'the lesson has no frontmatter',
  expected: 'a block between two lines "---" at the very start, with title, summary and duration',
  mend: 'Write for example:\n---\ntitle: Introduction\nsummary: What this is about.\nduration: 20\n---',
});

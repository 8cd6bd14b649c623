import { blocksOf } from './blocks.ts';
import { parseFence } from './fence.ts';
import { slugOfLesson } from './names.ts';
import { nearest, type Problem } from './problem.ts';
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
}

const FRONTMATTER = /^---[ \t]*\r?\n(?<yaml>[\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

/** Directives that a lesson may use. */
export const ASIDES = ['note', 'tip', 'caution'] as const;
const CONTAINERS: readonly string[] = [...ASIDES, 'details'];

/** Reads a lesson's index.md. Pure: the text comes in, the lesson or its problems come out. */
export function parseLesson(id: string, file: string, source: string): { lesson: Lesson } | { problems: Problem[] } {
  const frontmatter = source.startsWith('---') ? FRONTMATTER.exec(source) : null;
  if (frontmatter === null) return { problems: [noFrontmatter(file)] };
  const read = readYaml({ file, text: frontmatter.groups?.['yaml'] ?? '', firstLine: 2 }, lessonSchema);
  if ('problems' in read) return read;

  const problems = problemsOfBlocks(file, source, read.value.terminals);
  if (problems.length > 0) return { problems };
  const body = source.slice(frontmatter[0].length);
  return { lesson: { ...read.value, id, slug: slugOfLesson(id) ?? id, body } };
}

function problemsOfBlocks(file: string, source: string, terminals: readonly string[]): Problem[] {
  const { fences, directives } = blocksOf(source);
  const ofFences = fences.flatMap(({ language, meta, line }) => {
    const parsed = parseFence(language, meta, terminals);
    return 'mistakes' in parsed ? parsed.mistakes.map((mistake) => ({ file, line, ...mistake })) : [];
  });
  const ofDirectives = directives
    .filter(({ kind, name }) => kind === 'leaf' || !CONTAINERS.includes(name))
    .map(({ kind, name, line }) => unknownDirective(file, line, kind, name));
  return [...ofFences, ...ofDirectives].sort((a, b) => a.line - b.line);
}

function unknownDirective(file: string, line: number, kind: 'container' | 'leaf', name: string): Problem {
  const colons = kind === 'container' ? ':::' : '::';
  const meant = nearest(name, CONTAINERS);
  return {
    file,
    line,
    what: `unknown directive "${colons}${name}"`,
    expected: `one of ${CONTAINERS.map((known) => `:::${known}`).join(', ')}`,
    mend: meant === undefined ? `Remove "${colons}${name}".` : `Write ":::${meant}".`,
  };
}

const noFrontmatter = (file: string): Problem => ({
  file,
  line: 1,
  what: 'the lesson has no frontmatter',
  expected: 'a block between two lines "---" at the very start, with title, summary and duration',
  mend: 'Write for example:\n---\ntitle: Introduction\nsummary: What this is about.\nduration: 20\n---',
});

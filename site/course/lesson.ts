import { basename, dirname } from 'node:path';
import { NOTHING_BESIDE, type Beside } from './beside.ts';
import { blocksOf, type Blocks, type Link, type Picture } from './blocks.ts';
import type { LessonFiles } from './files.ts';
import type { FilesFrom } from './laid-files.ts';
import { anchorsOf } from './headings.ts';
import { problemsOfLesson } from './lesson-problems.ts';
import type { QuizEntry, ScriptStep, TaskEntry } from './manifest.ts';
import { slugOfLesson } from './names.ts';
import type { PlayStep } from './play.ts';
import { playSteps } from './play-steps.ts';
import { START, problemAt } from './place.ts';
import type { Problem } from './problem.ts';
import { readFences } from './read-fences.ts';
import { readQuizzes } from './quizzes.ts';
import { lessonSchema, type LessonFields } from './schema.ts';
import { readSetup } from './setup.ts';
import { readSharedChecks } from './shared-checks.ts';
import { readTasks } from './tasks.ts';
import { readYaml } from './yaml.ts';

/** A lesson as its folder says it. */
export interface Lesson extends Omit<LessonFields, 'files'> {
  /** Its folder's name. */
  id: string;
  /** Its place in URLs. */
  slug: string;
  /** The Markdown below the frontmatter. */
  body: string;
  /** What its headings, tasks and quizzes can be linked by. */
  anchors: string[];
  /** Whether they lead somewhere shows when all lessons are read. */
  links: Link[];
  /** Files beside it that it shows. */
  pictures: Picture[];
  /** In the order of the text. */
  tasks: TaskEntry[];
  /** In the order of the text. */
  quizzes: QuizEntry[];
  /** setup.sh. */
  setup: ScriptStep | null;
  /** checks.sh. Each task's check has it too. */
  sharedChecks: ScriptStep | null;
  /** Its own `files/`. */
  files: LessonFiles | null;
  /** The other lesson whose `files/` are laid with them, and where that stands. `laidFiles` has both. */
  filesFrom: FilesFrom | null;
  /** What is run in it, in the order of the text; `playOf` says how to read it. */
  play: PlayStep[];
}

const FRONTMATTER = /^---[ \t]*\r?\n(?<yaml>[\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

/**
 * Reads a lesson: `source` is its index.md, which problems call `file` (`lessons/course/01-lesson/index.md`). Pure: texts
 * come in, the lesson or its problems come out.
 */
export function parseLesson(
  id: string,
  file: string,
  source: string,
  beside: Beside = NOTHING_BESIDE,
): { lesson: Lesson } | { problems: Problem[] } {
  const frontmatter = source.startsWith('---') ? FRONTMATTER.exec(source) : null;
  if (frontmatter === null) return { problems: [noFrontmatter(file)] };
  const read = readYaml({ file, text: frontmatter.groups?.['yaml'] ?? '', firstLine: 2 }, lessonSchema);
  if ('problems' in read) return read;

  const { files: filesFrom, ...fields } = read.value;
  const { terminals } = fields;
  const folder = dirname(file);
  const blocks = blocksOf(source);
  const fences = readFences(blocks.fences, terminals);
  const { directives } = blocks;
  const { read: parsed, unread } = fences;
  const shared = readSharedChecks(folder, beside, terminals);
  const tasks = readTasks({ folder, directives, fences: parsed, unread, beside, sharedChecks: shared.step, terminals });
  const quizzes = readQuizzes(blocks, basename(dirname(folder)), id);
  const setup = readSetup(folder, beside, terminals);
  const found = [...fences.mistakes, ...tasks.mistakes, ...quizzes.mistakes, ...setup.mistakes, ...shared.mistakes];
  const problems = problemsOfLesson({ folder, source, blocks, beside, found });
  if (problems.length > 0) return { problems };
  const { links, pictures } = blocks;
  return {
    lesson: {
      ...fields,
      id,
      slug: slugOfLesson(id) ?? id,
      body: source.slice(frontmatter[0].length),
      anchors: anchorsIn(blocks),
      links,
      pictures,
      tasks: tasks.tasks.map(({ task }) => task),
      quizzes: quizzes.quizzes,
      setup: setup.step,
      sharedChecks: shared.step,
      files: beside.files ?? null,
      filesFrom: filesFrom === undefined ? null : { lesson: filesFrom, ...read.at('files') },
      play: playSteps(folder, fences.read, tasks.tasks),
    },
  };
}

function anchorsIn({ headings, directives }: Blocks): string[] {
  return [...anchorsOf(headings), ...directives.flatMap(({ attributes }) => attributes['id'] ?? [])];
}

const noFrontmatter = (file: string): Problem =>
  problemAt(file, '', START, {
    what: 'the lesson has no frontmatter',
    expected: 'a block between two lines "---" at the very start, with title, summary and duration',
    mend: 'Write for example:\n---\ntitle: Introduction\nsummary: What this is about.\nduration: 20\n---',
  });

/** What a task is put together from: its blocks in the text, and the files beside the lesson that bear its id. */
import type { Beside } from './beside.ts';
import type { Directive } from './directive.ts';
import { isHidden, type Fence } from './fence.ts';
import type { ScriptStep } from './manifest.ts';
import type { FencedBlock } from './fenced-block.ts';
import { START, type Placed } from './place.ts';
import type { Mistake } from './problem.ts';
import { doesSomething, readScript } from './script.ts';
import type { Source } from './steps.ts';
import * as mistake from './task-mistakes.ts';

/** A fenced block and what it is for. */
export interface ReadFence {
  block: FencedBlock;
  fence: Fence;
}

/** A mistake and where it is; `file` is the name of a file beside index.md, where it is in one. */
export type PlacedMistake = Mistake & { from: Placed; file?: string };

export interface TaskSources {
  /** The lesson's folder, as problems name it: `lessons/course/01-lesson`. */
  folder: string;
  directives: readonly Directive[];
  fences: readonly ReadFence[];
  /** Blocks whose info string has mistakes: what they are may be what a task lacks. */
  unread: readonly FencedBlock[];
  beside: Beside;
  /** What is read before each check. */
  sharedChecks: ScriptStep | null;
  terminals: readonly string[];
}

/** Roles of the files that lie beside a lesson by a task's id, `<id>.check.sh`, and what a fence in their place says. */
export const ROLE_OF_FILE: Readonly<Record<string, string>> = {
  check: 'check',
  solve: 'solve',
  setup: 'setup',
  live: 'setup live',
};

export const isTask = ({ name }: Directive) => name === 'task' || name === 'ask';

/** A script or block of a task, from the text or from a file. */
export interface Part {
  fence: Fence;
  source: Source;
  from: Placed;
  file: string | undefined;
  block: FencedBlock | undefined;
}

export interface Parts {
  parts: Part[];
  mistakes: PlacedMistake[];
  /** Whether all could be read. */
  whole: boolean;
}

/** Mistakes with their place. */
export const at = (from: Placed, mistakes: readonly Mistake[], file?: string): PlacedMistake[] =>
  mistakes.map((mistake) => ({ ...mistake, from, ...(file !== undefined && { file }) }));

/** The blocks of a task in the order of the text, then its files. */
export function partsOf(directive: Directive, sources: TaskSources): Parts {
  const { folder, fences, unread, beside, terminals } = sources;
  let whole = unread.every(({ inside }) => inside !== directive);
  const mistakes: PlacedMistake[] = [];
  const parts: Part[] = [];
  for (const { fence, block } of fences) {
    if (block.inside !== directive || !isHidden(fence)) continue;
    if (!doesSomething(block.text)) mistakes.push(...at(block, [mistake.emptyBlock(fence.kind)]));
    const source = { place: `${folder}/index.md:${block.first}`, text: block.text };
    parts.push({ fence, source, from: block, file: undefined, block });
  }
  const id = directive.attributes['id'] ?? '';
  for (const [kind, role] of Object.entries(ROLE_OF_FILE)) {
    const file = `${id}.${kind}.sh`;
    const text = beside.scripts.get(file);
    if (text === undefined) continue;
    const script = readScript(text, role, terminals);
    for (const { line, ...told } of script.mistakes) {
      mistakes.push(...at({ ...START, line, offset: offsetOf(text, line) }, [told], file));
    }
    const twin = parts.find(({ fence }) => fence.kind === kind);
    if (twin) mistakes.push(...at(twin.from, [mistake.fenceAndFile(kind, file)]));
    if (script.fence === undefined) {
      whole = false;
      continue;
    }
    const source = { place: `${folder}/${file}:${script.line}`, text: script.text };
    parts.push({ fence: script.fence, source, from: START, file, block: undefined });
  }
  return { parts, mistakes, whole };
}

function offsetOf(text: string, line: number): number {
  return text.split('\n', line - 1).reduce((sum, row) => sum + row.length + 1, 0);
}

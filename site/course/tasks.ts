import type { Beside } from './beside.ts';
import type { Directive } from './directive.ts';
import { isHidden, type Fence } from './fence.ts';
import type { FencedBlock } from './fenced-block.ts';
import type { ScriptStep, SolveStep, TaskEntry, TypedStep } from './manifest.ts';
import { START, type Placed } from './place.ts';
import type { Mistake } from './problem.ts';
import { readScript } from './script.ts';
import { scriptStep, typedStep, type Source } from './steps.ts';
import { fieldsOf } from './task-fields.ts';
import * as mistake from './task-mistakes.ts';

/** A fenced block and what it is for. */
export interface ReadFence {
  block: FencedBlock;
  fence: Fence;
}

/** A task as it stands in the text. */
export interface PlacedTask {
  task: TaskEntry;
  directive: Directive;
  /** Its solutions, each with the block that holds it; a file's has none. */
  solutions: { step: SolveStep; block: FencedBlock | undefined }[];
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

/** Reads the tasks and asks of a lesson in the order of the text. What is wrong with them comes as mistakes. */
export function readTasks(sources: TaskSources): { tasks: PlacedTask[]; mistakes: PlacedMistake[] } {
  const mistakes = strayFences(sources.fences);
  const directives = sources.directives.filter(isTask);
  const tasks = directives.map((directive, index) => {
    const parts = partsOf(directive, sources);
    const { id, title, needs, mistakes: ofFields } = fieldsOf(directive, index, directives);
    mistakes.push(...parts.mistakes, ...at(directive, ofFields));
    return placedTask(directive, { id, title, needs }, parts, sources, mistakes);
  });
  return { tasks: tasks.filter((task) => task !== undefined), mistakes };
}

/** A script or block of a task, from the text or from a file. */
interface Part {
  fence: Fence;
  source: Source;
  from: Placed;
  file: string | undefined;
  block: FencedBlock | undefined;
}

interface Parts {
  parts: Part[];
  mistakes: PlacedMistake[];
  /** Whether all could be read. */
  whole: boolean;
}

const at = (from: Placed, mistakes: readonly Mistake[], file?: string): PlacedMistake[] =>
  mistakes.map((mistake) => ({ ...mistake, from, ...(file !== undefined && { file }) }));

/** Blocks of the text that the page leaves out belong into a task: anywhere else nobody would ever see them. */
function strayFences(fences: readonly ReadFence[]): PlacedMistake[] {
  return fences
    .filter(({ fence, block }) => isHidden(fence) && !(block.inside && isTask(block.inside)))
    .flatMap(({ fence, block }) => at(block, [mistake.outsideOfTask(fence.kind, block.inside)]));
}

/** The blocks of a task in the order of the text, then its files. */
function partsOf(directive: Directive, sources: TaskSources): Parts {
  const { folder, fences, unread, beside, terminals } = sources;
  let whole = unread.every(({ inside }) => inside !== directive);
  const mistakes: PlacedMistake[] = [];
  const parts: Part[] = [];
  for (const { fence, block } of fences) {
    if (block.inside !== directive || !isHidden(fence)) continue;
    if (!/^\s*[^\s#]/m.test(block.text)) mistakes.push(...at(block, [mistake.emptyBlock(fence.kind)]));
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

function placedTask(
  directive: Directive,
  fields: Pick<TaskEntry, 'id' | 'title' | 'needs'>,
  { parts, whole }: Parts,
  { directives }: TaskSources,
  mistakes: PlacedMistake[],
): PlacedTask | undefined {
  const kind = directive.name === 'ask' ? 'ask' : 'task';
  const checks: ScriptStep[] = [];
  const setup: ScriptStep[] = [];
  const live: (ScriptStep | TypedStep)[] = [];
  const solutions: PlacedTask['solutions'] = [];
  for (const { fence, source, from, file, block } of parts) {
    if (fence.kind === 'check') {
      if (checks.length === 1 && file === undefined) mistakes.push(...at(from, [mistake.secondCheck(kind)], file));
      if (kind === 'ask' && !/\bANSWER\b/.test(source.text)) mistakes.push(...at(from, [mistake.noAnswer], file));
      checks.push(scriptStep(source, fence));
    } else if (fence.kind === 'setup') setup.push(scriptStep(source, fence));
    else if (fence.kind === 'live') live.push(fence.typed ? typedStep(source, fence) : scriptStep(source, fence));
    else if (fence.kind === 'solve') {
      if (kind === 'ask') {
        const told = mistake.solutionOfAsk(fence, solutions.length);
        mistakes.push(...at(from, told, file));
        solutions.push({ step: { ...scriptStep(source, ANSWER_RUNS), live: false }, block });
      } else solutions.push({ step: { ...typedStep(source, fence), live: fence.live }, block });
    }
  }
  const [check] = checks;
  if (check === undefined && whole) mistakes.push(...at(directive, [mistake.noCheck(directive)]));
  if (solutions.length === 0 && kind === 'task' && whole)
    mistakes.push(...at(directive, [mistake.noSolution(directive)]));
  if (check === undefined) return undefined;
  const hints = directives.filter(({ name, inside }) => name === 'hint' && inside === directive).length;
  const solve = solutions.map(({ step }) => step);
  return { task: { ...fields, kind, check, setup, live, solve, hints }, directive, solutions };
}

/** What finds out an ask's answer is unseen, and has as long as a setup. */
const ANSWER_RUNS = { user: 'learner', timeoutMs: 60_000 } as const;

import type { Directive } from './directive.ts';
import { isHidden } from './fence.ts';
import type { FencedBlock } from './fenced-block.ts';
import type { CheckStep, ScriptStep, SolveStep, TaskEntry, TypedStep } from './manifest.ts';
import { scriptStep, typedStep } from './steps.ts';
import { fieldsOf } from './task-fields.ts';
import * as mistake from './task-mistakes.ts';
import { at, isTask, partsOf, type Parts, type PlacedMistake, type ReadFence, type TaskSources } from './task-parts.ts';

/** A task as it stands in the text. */
export interface PlacedTask {
  task: TaskEntry;
  directive: Directive;
  /** Its solutions, each with the block that holds it; a file's has none. */
  solutions: { step: SolveStep; block: FencedBlock | undefined }[];
}

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

/** Blocks of the text that the page leaves out belong into a task: anywhere else nobody would ever see them. */
function strayFences(fences: readonly ReadFence[]): PlacedMistake[] {
  return fences
    .filter(({ fence, block }) => isHidden(fence) && !(block.inside && isTask(block.inside)))
    .flatMap(({ fence, block }) => at(block, [mistake.outsideOfTask(fence.kind, block.inside)]));
}

function placedTask(
  directive: Directive,
  fields: Pick<TaskEntry, 'id' | 'title' | 'needs'>,
  { parts, whole }: Parts,
  { directives, sharedChecks }: TaskSources,
  mistakes: PlacedMistake[],
): PlacedTask | undefined {
  const kind = directive.name === 'ask' ? 'ask' : 'task';
  const checks: CheckStep[] = [];
  const setup: ScriptStep[] = [];
  const live: (ScriptStep | TypedStep)[] = [];
  const solutions: PlacedTask['solutions'] = [];
  for (const { fence, source, from, file, block } of parts) {
    if (fence.kind === 'check') {
      if (checks.length === 1 && file === undefined) mistakes.push(...at(from, [mistake.secondCheck(kind)], file));
      if (kind === 'ask' && !/\bANSWER\b/.test(source.text)) mistakes.push(...at(from, [mistake.noAnswer], file));
      checks.push({ ...scriptStep(source, fence), ...(sharedChecks && { shared: sharedChecks.text }) });
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

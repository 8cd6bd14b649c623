import { type CommandFence, isHidden } from './fence.ts';
import type { FencedBlock } from './fenced-block.ts';
import type { PlayOutput, PlayStep } from './play.ts';
import { typedStep } from './steps.ts';
import type { ReadFence } from './task-parts.ts';
import type { PlacedTask } from './tasks.ts';

/** Puts what is run in a lesson into the order of its text. `folder` is the lesson's as problems name it. */
export function playSteps(folder: string, fences: readonly ReadFence[], tasks: readonly PlacedTask[]): PlayStep[] {
  const steps: PlayStep[] = [];
  const left = [...tasks];
  const open: PlacedTask[] = [];
  const until = (line: number) => {
    for (;;) {
      const [current] = open;
      if (current !== undefined) {
        if (current.directive.end >= line) return;
        end(open.pop()!, steps);
      } else {
        const next = left[0];
        if (next === undefined || next.directive.line >= line) return;
        left.shift();
        open.push(next);
        steps.push({ kind: 'task', task: next.task, line: next.directive.line });
      }
    }
  };
  let prints: PlayOutput['of'] = 'copy';
  for (const { block, fence } of fences) {
    until(block.line);
    const task = open[0];
    if (fence.kind === 'command') steps.push(runStep(folder, block, fence, task));
    if (fence.kind === 'solve' && task) {
      const solution = task.solutions.find(({ block: of }) => of === block);
      if (solution) steps.push({ kind: 'solve', step: solution.step, task: task.task.id, line: block.line });
    }
    if (fence.kind === 'output') steps.push(outputStep(block, prints));
    else if (fence.kind === 'command') prints = 'run';
    else if (fence.kind === 'solve') prints = 'solve';
    else if (!isHidden(fence)) prints = 'copy';
  }
  until(Infinity);
  return steps;
}

function runStep(folder: string, block: FencedBlock, fence: CommandFence, task: PlacedTask | undefined): PlayStep {
  const step = typedStep({ place: `${folder}/index.md:${block.first}`, text: block.text }, fence);
  return { kind: 'run', step, task: task?.task.id ?? null, line: block.line };
}

function outputStep({ line, text, first, last, indent }: FencedBlock, of: PlayOutput['of']): PlayStep {
  return { kind: 'output', line, text, of, first, last, indent };
}

/** What lies in a file comes after all that stands in the text. */
function end({ task, directive, solutions }: PlacedTask, steps: PlayStep[]): void {
  for (const { step, block } of solutions) {
    if (block === undefined) steps.push({ kind: 'solve', step, task: task.id, line: 0 });
  }
  steps.push({ kind: 'task-end', task, line: directive.end });
}

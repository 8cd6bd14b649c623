/** Words for a person: one line a lesson, and what failed in it. */
import type { Report } from '../plain/report.mjs';
import { failuresOf, type Case, type FailedCase, type LessonOutcome } from './outcome.ts';

type Paint = Report['paint'];

export interface KeptSandbox {
  /** The lesson that failed in it. */
  lesson: string;
  id: string;
}

const RED = 31;
const GREEN = 32;
const DIM = 2;
const BOLD = 1;

export const nameOf = ({ course, lesson }: Pick<LessonOutcome, 'course' | 'lesson'>) => `${course}/${lesson}`;

export function lineOf(outcome: LessonOutcome, width: number, runs: number, paint: Paint): string {
  const mark = outcome.ok ? paint(GREEN, '✔') : paint(RED, '✖');
  const run = runs > 1 ? `  run ${String(outcome.run).padStart(String(runs).length)}` : '';
  const what = outcome.ok ? countsOf(outcome) : paint(RED, `${failuresOf(outcome).length} failed`);
  return `  ${mark} ${nameOf(outcome).padEnd(width)}${run}  ${what}  ${paint(DIM, seconds(outcome.ms))}`;
}

function countsOf({ cases }: LessonOutcome): string {
  const count = (kind: Case['kind']) => cases.filter((each) => each.kind === kind).length;
  const tasks = new Set(cases.filter(({ kind }) => kind === 'task').map(({ name }) => /"(.*?)"/.exec(name)?.[1])).size;
  const parts = [
    plural(count('run'), 'block'),
    plural(count('output'), 'output'),
    plural(tasks, 'task'),
    plural(count('move'), 'jump'),
    plural(cases.filter(({ recorded }) => recorded).length, 'output recorded', 'outputs recorded'),
  ];
  return parts.filter((part) => part !== '').join(', ') || 'nothing to run';
}

const plural = (count: number, one: string, several = `${one}s`) =>
  count === 0 ? '' : `${count} ${count === 1 ? one : several}`;

/** Which lessons did not end the same each time; empty where all did. */
export function flakyText(outcomes: readonly LessonOutcome[]): string {
  const byName = Map.groupBy(outcomes, nameOf);
  const lines = [...byName].flatMap(([name, runs]) => {
    const failed = runs.filter(({ ok }) => !ok);
    const ways = new Set(
      runs.map((run) =>
        failuresOf(run)
          .map(({ place, name }) => `${place} ${name}`)
          .join('\n'),
      ),
    );
    if (ways.size === 1) return [];
    const which = failed.map(({ run }) => run).join(', ');
    return [`  ${name}: ${failed.length} of ${runs.length} runs failed (${which})`];
  });
  return lines.length === 0 ? '' : ['Not the same each time:', ...lines].join('\n');
}

export function summary(outcomes: readonly LessonOutcome[], ms: number, paint: Paint): string {
  const failed = outcomes.filter(({ ok }) => !ok).length;
  const passed = `${plural(outcomes.length - failed, 'lesson') || 'No lesson'} passed`;
  const text = failed === 0 ? paint(GREEN, passed) : `${passed}, ${paint(RED, `${failed} failed`)}`;
  return `${text}  ${paint(DIM, seconds(ms))}`;
}

export function failureText({ place, name, fault }: FailedCase, paint: Paint): string {
  const { what, expected, came, diff, screen } = fault;
  const lines = [`${paint(BOLD, place)}: ${what}`];
  if (name !== 'output') lines.push(`  in: ${name}`);
  if (expected !== undefined) lines.push(`  expected: ${expected}`);
  if (came) lines.push('  came:', indented(came, '    '));
  if (diff !== undefined) lines.push(indented(painted(diff, paint), '    '));
  if (screen) lines.push(`  on the screen of "${screen.terminal}":`, indented(screen.text, '    │ '));
  return lines.join('\n');
}

const indented = (text: string, indent: string) =>
  text
    .split('\n')
    .map((line) => (indent + line).trimEnd())
    .join('\n');

function painted(diff: string, paint: Paint): string {
  const colours: Record<string, number> = { '-': RED, '+': GREEN };
  return diff
    .split('\n')
    .map((line) => (colours[line[0] ?? ''] ? paint(colours[line[0]!]!, line) : line))
    .join('\n');
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** How to look into sandboxes that were kept. */
export function keptText(kept: readonly KeptSandbox[], { program, state }: { program: string; state: string }): string {
  const lines = kept.flatMap(({ lesson, id }) => [
    `  ${lesson}:`,
    `    sudo ${program} --root ${state} exec --tty --user 1000:1000 --env TERM=xterm-256color ${id} /bin/bash -l`,
  ]);
  return ['\nKept until Ctrl-C. Look into it from another terminal:', ...lines].join('\n');
}

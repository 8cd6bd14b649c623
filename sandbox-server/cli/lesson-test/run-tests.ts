/** Tests lessons, several at once, and tells of each as it ends. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Report } from '../plain/report.mjs';
import { inParallel } from './in-parallel.ts';
import { failuresOf, type LessonOutcome } from './outcome.ts';
import { record } from './record.ts';
import type { LessonToTest } from './select-lessons.ts';
import { failureText, flakyText, lineOf, nameOf, summary, type KeptSandbox } from './tell.ts';
import { testLesson, type LessonResult, type TestOptions } from './test-lesson.ts';

export interface RunOptions extends Omit<TestOptions, 'run'> {
  /** How many at once. */
  jobs: number;
  /** How often each. */
  repeat: number;
  /** Rewrite output blocks. */
  record: boolean;
  print: (text: string) => void;
  paint: Report['paint'];
}

export interface RunResult {
  /** In the order of the lessons, then of the runs. */
  outcomes: LessonOutcome[];
  kept: KeptSandbox[];
}

/** Rejects where it was aborted, when nothing of it goes on any more. */
export async function runTests(lessons: readonly LessonToTest[], options: RunOptions): Promise<RunResult> {
  const { jobs, repeat, print, paint } = options;
  const began = performance.now();
  const width = Math.max(...lessons.map(({ course, entry }) => nameOf({ course: course.id, lesson: entry.id }).length));
  const runs = Array.from({ length: repeat }, (_, index) =>
    lessons.map((lesson) => ({ lesson, run: index + 1 })),
  ).flat();
  await writeArchives(lessons, options.filesFolder);
  const kept: KeptSandbox[] = [];
  const outcomes = await inParallel(jobs, runs, options.signal, async ({ lesson, run }, signal) => {
    const result = await testLesson(lesson, { ...options, signal, run });
    const { outcome } = result;
    if (options.record) await recordOutputs(lesson, result);
    if (result.kept !== undefined) kept.push({ lesson: nameOf(outcome), id: result.kept });
    print(lineOf(outcome, width, repeat, paint));
    const failures = failuresOf(outcome);
    if (failures.length > 0) print(`\n${failures.map((each) => failureText(each, paint)).join('\n\n')}\n`);
    return outcome;
  });
  const order = new Map(lessons.map((lesson, index) => [`${lesson.course.id}/${lesson.entry.id}`, index]));
  outcomes.sort((a, b) => order.get(nameOf(a))! - order.get(nameOf(b))! || a.run - b.run);
  if (repeat > 1) print(flakyText(outcomes) || 'The same each time.');
  print(summary(outcomes, performance.now() - began, paint));
  return { outcomes, kept };
}

async function writeArchives(lessons: readonly LessonToTest[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { entry, files } of lessons) {
    if (entry.files !== null && files !== null) await writeFile(join(folder, entry.files), files);
  }
}

async function recordOutputs(lesson: LessonToTest, { outcome, rewrites }: LessonResult): Promise<void> {
  if (rewrites.length === 0) return;
  const refused = await record(lesson.path, rewrites);
  for (const each of outcome.cases) {
    if (each.kind !== 'output' || !each.fault) continue;
    if (refused.some(({ place }) => place === each.place)) {
      each.fault.what += ', and is not recorded: a line of it would end the block';
      each.fault.expected = 'a block with more backticks, at both ends, than any line of what is printed has';
      continue;
    }
    delete each.fault;
    each.recorded = true;
  }
  outcome.ok = failuresOf(outcome).length === 0;
}

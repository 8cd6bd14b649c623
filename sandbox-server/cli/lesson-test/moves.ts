/** Jumps to each task of a lesson in a fresh sandbox: what a learner finds there must be as the text expects it. */
import type { SandboxSpec } from '../../sandbox/driver.ts';
import type { Case } from './outcome.ts';
import type { LessonToTest } from './select-lessons.ts';
import type { TestOptions } from './test-lesson.ts';

export async function testMoves(
  lesson: LessonToTest,
  spec: SandboxSpec,
  cases: Case[],
  options: TestOptions,
): Promise<void> {
  void lesson;
  void spec;
  void cases;
  void options;
}

import type { QuizEntry } from './manifest.ts';
import { explanationOf } from './explanation.ts';
import type { Blocks } from './blocks.ts';
import type { Placed } from './place.ts';
import type { QuizBlock } from './quiz-block.ts';
import { mistakesOfId } from './task-fields.ts';
import type { Mistake } from './problem.ts';
import type { PlacedMistake } from './task-parts.ts';
import { wordsOf } from './words.ts';

/** Reads the quizzes of a lesson. `course` and `lesson` are the folders that the links of explanations are seen from. */
export function readQuizzes(
  { quizzes: blocks, definitions, fences, headings, pictures }: Blocks,
  course: string,
  lesson: string,
): { quizzes: QuizEntry[]; mistakes: PlacedMistake[] } {
  const mistakes = blocks.flatMap(mistakesOfQuiz);
  for (const { explained } of blocks.flatMap(({ answers }) => answers)) {
    const within = ({ offset }: Placed) => offset >= explained.from && offset < explained.to;
    const runs = fences.filter(({ meta }) => wordsOf(meta).some(({ key }) => key === 'run'));
    mistakes.push(...pictures.filter(within).map((from) => ({ ...notExplained('a picture'), from })));
    mistakes.push(...runs.filter(within).map((from) => ({ ...notExplained('a run block'), from })));
  }
  const inside = headings.filter(({ inside }) => inside?.name === 'quiz');
  mistakes.push(...inside.map((from) => ({ ...headingInQuiz, from })));
  if (mistakes.length > 0) return { quizzes: [], mistakes };
  const quizzes = blocks.map(({ directive, answers }) => ({
    id: directive.attributes['id'] ?? '',
    answers: answers.map(({ right = false, explanation }) => ({
      right,
      explanation: explanationOf(explanation, definitions, course, lesson),
    })),
  }));
  return { quizzes, mistakes };
}

function mistakesOfQuiz({ directive, question, answers, others }: QuizBlock): PlacedMistake[] {
  const mistakes: PlacedMistake[] = mistakesOfId(directive).map((mistake) => ({ ...mistake, from: directive }));
  const whole = (mistake: Mistake) => mistakes.push({ ...mistake, from: directive });
  if (!question) whole(noQuestion);
  if (answers.length < 2) whole(tooFew(answers.length));
  else if (!answers.some(({ right }) => right)) whole(noneRight);
  for (const answer of answers) {
    if (answer.right === undefined) mistakes.push({ ...noBox, from: answer });
    else if (!answer.worded) mistakes.push({ ...noWords, from: answer });
  }
  const [other] = others;
  if (other) mistakes.push({ ...afterAnswers, from: other });
  return mistakes;
}

const FORM = 'a question, then one list of two or more answers, "- [x]" for right ones and "- [ ]" for others';

const noQuestion: Mistake = {
  what: 'a quiz without a question',
  expected: FORM,
  mend: 'Write the question above the answers.',
};

const tooFew = (count: number): Mistake => ({
  what: count === 0 ? 'a quiz without answers' : 'a quiz with one answer',
  expected: FORM,
  mend: 'Write for example:\n- [x] The right one.\n- [ ] Another.',
});

const noneRight: Mistake = {
  what: 'a quiz without a right answer',
  expected: '"- [x]" before each right one, at least one',
  mend: 'Write "[x]" in place of "[ ]".',
};

const noBox: Mistake = {
  what: 'an answer without a box',
  expected: '"- [x]" before a right answer, "- [ ]" before another',
  mend: 'Add the box.',
};

const notExplained = (what: string): Mistake => ({
  what: `${what} in an explanation`,
  expected: 'words, links and code: an explanation is not in the page, and comes when its answer was chosen',
  mend: 'Take it out, or show it below the quiz.',
});

const headingInQuiz: Mistake = {
  what: 'a heading in a quiz',
  expected: FORM,
  mend: 'Write the heading above the quiz, or the question as a paragraph.',
};

const noWords: Mistake = {
  what: 'an answer without words',
  expected: 'the answer after its box, an explanation in paragraphs below it',
  mend: 'Write it, or remove the line.',
};

const afterAnswers: Mistake = {
  what: 'text below the answers',
  expected: FORM,
  mend: 'Move it above the answers or out of the quiz. An explanation is indented as far as its answer’s box.',
};

/** The outcomes as JUnit XML, in the form that CI systems read: a suite a lesson, a case for what was looked at. */
import { stripVTControlCharacters } from 'node:util';
import { failuresOf, type Case, type FailedCase, type LessonOutcome } from './outcome.ts';
import { failureText, nameOf } from './tell.ts';

export function junitOf(outcomes: readonly LessonOutcome[]): string {
  const suites = outcomes.map(suiteOf).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="lessons">\n${suites}\n</testsuites>\n`;
}

function suiteOf(outcome: LessonOutcome): string {
  const { cases, run, ms } = outcome;
  const failures = failuresOf(outcome).length;
  const name = run > 1 ? `${nameOf(outcome)} (run ${run})` : nameOf(outcome);
  const counts = { tests: String(cases.length), failures: String(failures), time: secondsOf(ms) };
  return [
    `  <testsuite${attributes({ name, ...counts })}>`,
    ...cases.map((each) => caseOf(each, name)),
    '  </testsuite>',
  ].join('\n');
}

function caseOf(each: Case, classname: string): string {
  const [, file = each.place, line] = /^(.*?)(?::(\d+))?$/.exec(each.place)!;
  const name = `${each.name} (${line === undefined ? file : `line ${line}`})`;
  const opening = `    <testcase${attributes({ classname, name, file, line, time: secondsOf(each.ms) })}`;
  if (!each.fault) return `${opening}/>`;
  const text = escaped(failureText(each as FailedCase, (_, plain) => plain));
  return `${opening}>\n      <failure${attributes({ message: each.fault.what })}>${text}</failure>\n    </testcase>`;
}

const secondsOf = (ms: number) => (ms / 1000).toFixed(3);

function attributes(values: Record<string, string | undefined>): string {
  return Object.entries(values)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}="${escaped(value)}"`))
    .join('');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What is a character of XML at all, with what means something in it escaped. */
function escaped(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}

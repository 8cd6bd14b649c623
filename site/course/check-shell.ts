import { spawn } from 'node:child_process';
import type { Course } from './course.ts';
import type { ScriptStep } from './manifest.ts';
import type { Problem } from './problem.ts';

/**
 * Looks whether the shell can read every script of the lessons. Nothing is run: `bash -n` reads and does no more. Where
 * there is no bash, nothing is found.
 */
export async function checkShell(lessons: readonly Course['lessons'][number][]): Promise<Problem[]> {
  return faulty(lessons.map(scriptsOf));
}

/** What runs unseen. What is typed may be meant for another program's prompt. */
function scriptsOf({ setup, sharedChecks, tasks }: Course['lessons'][number]): ScriptStep[] {
  const steps = tasks.flatMap(({ check, setup, live, solve }) => [check, ...setup, ...live, ...solve]);
  const ofLesson = [setup, sharedChecks].filter((step) => step !== null);
  return [...ofLesson, ...steps.filter((step) => step.kind === 'script')];
}

/**
 * All scripts are read by one process, each as a function of its own, since a process for each would take seconds. Only
 * where that process finds something are the halves looked at, down to the script.
 */
async function faulty(groups: readonly (readonly ScriptStep[])[]): Promise<Problem[]> {
  const scripts = groups.flat();
  if (scripts.length === 0) return [];
  const all = scripts.map(({ text }, index) => `slipway_${index}() {\n${text}\n}\n`).join('');
  const { status } = await readByBash(all);
  if (status === 0 || status === undefined) return [];
  if (scripts.length === 1) return mistakesOf(scripts[0]!);
  const half = Math.ceil(groups.length / 2);
  const parts = groups.length > 1 ? [groups.slice(0, half), groups.slice(half)] : scripts.map((script) => [[script]]);
  return (await Promise.all(parts.map(faulty))).flat();
}

/** `bash: line 3: syntax error near unexpected token `done'`. */
const MESSAGE = /^bash: line (?<line>\d+): (?<what>.*)$/gm;

async function mistakesOf({ place, text }: ScriptStep): Promise<Problem[]> {
  const { output } = await readByBash(`${text}\n`);
  const [, file = place, first = '1'] = /^(.*):(\d+)$/.exec(place) ?? [];
  const last = text.split('\n').length;
  const found = [...output.matchAll(MESSAGE)].map(({ groups }) => groups as { line: string; what: string });
  // The second line of a syntax error repeats the source.
  return found
    .filter(({ what }) => !what.startsWith('`'))
    .slice(0, 1)
    .map(({ line, what }) => ({
      file,
      line: Number(first) + Math.min(Number(line), last) - 1,
      column: 1,
      what: `the shell cannot read this script: ${what}`,
      expected: 'a script that "bash -n" takes',
      mend: 'Mend it; the mistake may be in a line above, such as a quote that is not closed.',
    }));
}

/** `status` is undefined where there is no bash. */
function readByBash(source: string): Promise<{ status: number | undefined; output: string }> {
  return new Promise((resolve, reject) => {
    // Patterns such as !(a|b) can only be read where they are allowed before.
    const child = spawn('bash', ['--norc', '-n', '-O', 'extglob', '-s'], {
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let output = '';
    child.on('error', (error) => {
      if ('code' in error && error.code === 'ENOENT') resolve({ status: undefined, output });
      else reject(error);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
    // It may end before it has read all.
    child.stdin.on('error', () => undefined).end(source);
  });
}

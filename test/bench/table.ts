/** Sections → text for a terminal. */
import type { Figure, Section, Unit } from './figure.ts';
import type { Machine } from './machine.ts';

const LABEL = 58;
const NUMBER = 10;

export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGb, kernel, cgroup, runtime, node, load } = machine;
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GB · Linux ${kernel} · cgroup v${cgroup} · ${runtime} · Node ${node}`,
    `Load before the run: ${load}`,
  ].join('\n');
}

export function sectionText(section: Section): string {
  const head = [section.title.padEnd(LABEL), ...['p50', 'p95', 'p99', 'n'].map((each) => each.padStart(NUMBER))].join(
    '',
  );
  const notes = section.notes.flatMap((note) => wrap(note, 96)).map((line) => `  ${line}`);
  return ['', head, ...section.figures.map(figureText), ...notes, ''].join('\n');
}

function figureText({ what, unit, p50, p95, p99, n, target }: Figure): string {
  const numbers = [p50, p95, p99].map((value) => quantity(value, unit).padStart(NUMBER)).join('');
  const verdict = target ? `   ${target.met ? 'ok' : 'falls short'} (target ${target.text})` : '';
  return `  ${what.padEnd(LABEL - 2)}${numbers}${String(n).padStart(NUMBER)}${verdict}`;
}

/** Three digits that count, whatever the size. */
function quantity(value: number, unit: Unit): string {
  const digits =
    unit === '' ? 0 : Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return `${value.toFixed(digits)} ${unit}`.trimEnd();
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

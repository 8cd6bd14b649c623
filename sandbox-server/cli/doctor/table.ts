/** Findings as a table, the mend below each lack. */
import type { Finding } from './finding.ts';

const MARKS = { ok: { sign: '✔', color: 32 }, warn: { sign: '!', color: 33 }, lack: { sign: '✖', color: 31 } } as const;

export function table(findings: readonly Finding[], paint: (code: number, text: string) => string): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .map(({ name, found, verdict, mend }) => {
      const { sign, color } = MARKS[verdict];
      const row = `  ${paint(color, sign)} ${name.padEnd(width)}  ${found}`;
      return mend ? `${row}\n    ${' '.repeat(width)}  ${paint(2, '→')} ${mend}` : row;
    })
    .join('\n');
}

/** Rows of text in columns. What is too wide for the terminal loses columns from the right, never half a line. */
import { stripVTControlCharacters } from 'node:util';

export interface Column<Row> {
  head: string;
  cell: (row: Row) => string;
  /** Figures are compared by their right ends. */
  right?: true;
}

const GAP = '  ';

export interface Table {
  /** The head first. */
  lines: string[];
  /** Heads of the columns that did not fit. */
  left: string[];
}

/** `width`: of the terminal; Infinity where there is none. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Table {
  const cells = columns.map(({ head, cell }) => [head, ...rows.map((row) => harmless(cell(row)))]);
  const widths = cells.map((column) => Math.max(...column.map((text) => text.length)));
  let fit = 0;
  for (let used = 0; fit < columns.length; fit++) {
    used += widths[fit]! + (fit > 0 ? GAP.length : 0);
    if (used > width) break;
  }
  // One column is shown in any case, as far as it goes.
  const shown = Math.max(1, fit);
  const lines = [-1, ...rows.keys()].map((row) =>
    columns
      .slice(0, shown)
      .map(({ right }, column) => {
        const text = cells[column]![row + 1]!;
        return right ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
      })
      .join(GAP)
      .trimEnd()
      .slice(0, width),
  );
  return { lines, left: columns.slice(shown).map(({ head }) => head) };
}

/** Nothing in it moves a terminal's cursor, or is a line of its own. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

/** Sandboxes as an operator looks at them: what each does with its processors, and the columns of `ps` and `top`. */
import type { z } from 'zod';
import type { SandboxInfo, sandboxList } from '../../operator/shapes.ts';
import { ageOf, numberOr, percent, sizeOfLimit } from './amounts.ts';
import type { Column } from './table.ts';

export type SandboxList = z.infer<typeof sandboxList>;

export interface Row extends SandboxInfo {
  /** Processors that it uses, 1.5 for one and a half; undefined: it does not run, or was not there before. */
  busy: number | undefined;
}

/** What runs, or is about to; the rest is files that are kept. */
export const isUp = ({ state, queue }: SandboxInfo) =>
  queue !== null || !['stopped', 'requested', 'gone'].includes(state);

/** How busy each was from one look to the next. */
export function rowsOf(before: SandboxList | undefined, list: SandboxList): Row[] {
  const earlier = new Map(before?.sandboxes.map((each) => [each.id, each.cpuMicroseconds]));
  const passed = (list.at - (before?.at ?? 0)) * 1000;
  return list.sandboxes.map((sandbox) => {
    const [from, to] = [earlier.get(sandbox.id) ?? null, sandbox.cpuMicroseconds];
    // Started anew in between, it counts from nothing.
    const known = from !== null && to !== null && to >= from && passed > 0;
    return { ...sandbox, busy: known ? (to - from) / passed : undefined };
  });
}

/** `idLength`: so many letters tell the ids apart. The first are the last to go on a narrow terminal. */
export function columnsOf(idLength: number, now: number) {
  const id: Column<Row> = { head: 'SANDBOX', cell: (row) => row.id.slice(0, idLength) };
  const learner: Column<Row> = { head: 'LEARNER', cell: (row) => row.learner ?? 'nobody' };
  const course: Column<Row> = { head: 'COURSE', cell: (row) => row.course ?? '-' };
  const state: Column<Row> = { head: 'STATE', cell: stateOf };
  const since: Column<Row> = { head: 'SINCE', cell: (row) => ageOf(row.since, now), right: true };
  const cpu: Column<Row> = { head: 'CPU', cell: (row) => percent(row.busy), right: true };
  const memory: Column<Row> = {
    head: 'MEMORY',
    cell: (row) => sizeOfLimit(row.memoryBytes, row.memoryLimitBytes),
    right: true,
  };
  const disk: Column<Row> = {
    head: 'DISK',
    cell: (row) => sizeOfLimit(row.diskBytes, row.diskLimitBytes),
    right: true,
  };
  const terminals: Column<Row> = { head: 'TERMINALS', cell: (row) => numberOr(row.terminals), right: true };
  const viewers: Column<Row> = { head: 'VIEWERS', cell: (row) => String(row.viewers), right: true };
  const processes: Column<Row> = { head: 'PROCESSES', cell: (row) => numberOr(row.processes), right: true };
  const attention: Column<Row> = { head: 'ATTENTION', cell: (row) => attentionOf(row).join(', ') || '-' };
  const image: Column<Row> = { head: 'IMAGE', cell: (row) => row.image ?? '-' };
  return { id, learner, course, state, since, cpu, memory, disk, terminals, viewers, processes, attention, image };
}

function stateOf({ state, queue }: Row): string {
  return queue === null ? state : `waits, ${queue}.`;
}

/** Of its disk: what is above is soon too little for whoever works on it. */
const NEARLY_FULL = 0.95;

/** What an operator should know of it. */
export function attentionOf(row: Row): string[] {
  const { throttled, outOfMemoryKills, diskBytes, diskLimitBytes, failure, learner } = row;
  const full = diskBytes !== null && diskLimitBytes !== null && diskBytes >= NEARLY_FULL * diskLimitBytes;
  return [
    ...(throttled ? ['throttled, unattended'] : []),
    ...(outOfMemoryKills ? [`out of memory ${outOfMemoryKills}×`] : []),
    ...(full ? ['disk full'] : []),
    ...(failure === null ? [] : [`did not start: ${failure}`]),
    ...(learner === null ? ['of no learner known'] : []),
  ];
}

/** What `top` shows at one moment: the machine, then its sandboxes, the busiest first. */
import type { ServerInfo } from '../../operator/shapes.ts';
import { sizeText } from '../doctor/probe.ts';
import { ageOf, percent } from './amounts.ts';
import { lengthThatTells } from './choose.ts';
import { columnsOf, isUp, type Row } from './sandboxes.ts';
import { harmless, tableOf } from './table.ts';

export interface Moment {
  server: ServerInfo;
  rows: Row[];
  /** Part of the machine's processors that is at work. */
  busy: number | undefined;
}

/** No line is wider than `width`. */
export function snapshot({ server, rows, busy }: Moment, width: number): string[] {
  const head = headOf(server, busy).map((line) => harmless(line).slice(0, width));
  const up = rows.filter(isUp).toSorted(busiest);
  const stopped = rows.length - up.length;
  const kept = stopped > 0 ? [`${stopped} more do not run; their files are kept.`.slice(0, width)] : [];
  if (up.length === 0) return [...head, '', 'No sandbox runs.'.slice(0, width), ...kept];
  const columns = columnsOf(lengthThatTells(rows.map(({ id }) => id)), server.now);
  const { id, learner, course, state, since, cpu, memory, disk, terminals, viewers, processes, attention } = columns;
  // What wants somebody's attention is not to be the first that goes.
  const order = [id, cpu, memory, state, attention, viewers, terminals, processes, learner, since, disk, course];
  return [...head, '', ...tableOf(order, up, width).lines, ...kept];
}

function headOf(server: ServerInfo, busy: number | undefined): string[] {
  const { startedAt, now, urls, unready, places, running, waiting, pooled, processors, load } = server;
  const { memory, disk, leastFree, gateway } = server;
  const { median, p99, most } = gateway.lateMs;
  const state = unready.length === 0 ? 'ready' : `NOT READY: ${unready.join(', ')}`;
  return [
    `Server      ${state}; up ${ageOf(startedAt, now)}, ${urls[0] ?? 'no address yet'}`,
    `Places      ${running} of ${places} taken; ${waiting} ${waiting === 1 ? 'waits' : 'wait'}; ${pooled} ${pooled === 1 ? 'runs' : 'run'} ahead`,
    `Processors  ${percent(busy)} of ${processors} busy; load ${load.toFixed(2)}`,
    `Memory      ${roomOf(memory && { free: memory.availableBytes, total: memory.totalBytes }, leastFree.memoryBytes)}`,
    `Disk        ${roomOf(disk && { free: disk.freeBytes, total: disk.totalBytes }, leastFree.diskBytes)}`,
    `Gateway     ${sizeText(gateway.memoryBytes)}; late by ${ms(median)}, p99 ${ms(p99)}, most ${ms(most)}`,
  ];
}

function roomOf(room: { free: number; total: number } | null, least: number): string {
  if (!room) return 'not known: the supervisor does not answer';
  const kept = least === 0 ? '' : `; ${sizeText(least)} stay free`;
  const short = room.free < least ? ' TOO LITTLE' : '';
  return `${sizeText(room.free)} of ${sizeText(room.total)} free${kept}${short}`;
}

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

const busiest = (a: Row, b: Row) => (b.busy ?? 0) - (a.busy ?? 0) || (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0);

import type { FigureView, PictureBox, SandboxPicture } from '../../sandbox-server/protocol/figure.ts';
import { NAMESPACE_KINDS, type NamespaceKind } from '../../sandbox-server/protocol/figure.ts';
import type { LiveState } from './lesson-live.ts';
import { dateAndTime } from './moment.ts';

const MIB = 1024 * 1024;

/** `46 of 512 MiB`; a limit of 0 is none. */
export function memoryWords(bytes: number, limit: number): string {
  return `${countWords(Math.round(bytes / MIB), Math.round(limit / MIB))} MiB`;
}

export function countWords(count: number, limit: number): string {
  return limit === 0 ? `${count}` : `${count} of ${limit}`;
}

/** Hundredths of one processor. */
export function processorWords(hundredths: number): string {
  return hundredths === 0 ? 'idle' : `${(hundredths / 100).toFixed(2)} of one`;
}

export function engineWords(engine: NonNullable<SandboxPicture['engine']>): string {
  if (engine.since === null) return 'not running; it starts when it is first used';
  return `running since ${dateAndTime(engine.since).replace(/^(?:at|on) /, '')}`;
}

/** What a box is called: what the engine calls it, else its first process. */
export function boxName({ container, processes }: PictureBox): string {
  return container?.name ?? processes[0]?.command ?? 'processes';
}

/** Namespaces in the order in which the lessons have them. */
export function namespacesOf({ own }: PictureBox): [kind: NamespaceKind, inode: number][] {
  return NAMESPACE_KINDS.flatMap((kind) => (own[kind] === undefined ? [] : [[kind, own[kind]] as const])).map(
    ([kind, inode]) => [kind, inode],
  );
}

/** The kinds that a box has from the one around it: `net, ipc and uts`; empty where it has all of its own. */
export function sharedWords(box: PictureBox): string {
  const shared = NAMESPACE_KINDS.filter((kind) => box.own[kind] === undefined);
  if (shared.length < 2) return shared.join('');
  return `${shared.slice(0, -1).join(', ')} and ${shared.at(-1)}`;
}

export function moreWords(more: number, what: 'process' | 'box'): string {
  const plural = { process: 'processes', box: 'boxes' }[what];
  return `and ${more} more ${more === 1 ? what : plural}`;
}

/** How the figure stands to the sandbox, and whether what it shows is of now. Short: there is room for two lines on a phone. */
export function stateWords(live: LiveState, view: FigureView | undefined): { text: string; now: boolean } {
  const then = view?.picture ? ` As it was ${dateAndTime(view.at)}.` : '';
  const past = (text: string) => ({ text: `${text}${then}`, now: false });
  if (live.name === 'lost') return past('Connection lost.');
  if (live.name === 'refused') return past('Not connected.');
  if (live.name === 'connecting' || view === undefined) return past('Connecting…');
  switch (view.state) {
    case 'running':
      return { text: 'Live: as it is now.', now: true };
    case 'frozen':
      return past('Frozen: nothing in it runs.');
    case 'stopped':
      return past(view.picture ? 'Not running.' : 'Not running: this is a drawing.');
  }
}

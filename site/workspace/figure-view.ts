import type { PictureBox, PictureProcess, SandboxPicture } from '../../sandbox-server/protocol/figure.ts';
import { make, uniqueId } from '../terminal/dom.ts';
import {
  boxName,
  countWords,
  engineWords,
  memoryWords,
  moreWords,
  namespacesOf,
  processorWords,
  sharedWords,
} from './figure-words.ts';
import { Kept } from './kept-elements.ts';

/** How long what is new is marked, in milliseconds. */
const NEW_MS = 4000;

/** How deep a list of processes is indented at most. */
const MAX_INDENT = 6;

/**
 * A sandbox drawn as text: its box with everything in it, on the machine's kernel. What stays the same stays the same
 * element, so that neither a selection nor a reader's place is lost when something else changes.
 */
export class FigureView {
  readonly element: HTMLElement;
  readonly #kernel = make('span', { class: 'live-value' });
  readonly #outermost = new BoxView('outermost');
  readonly #engine = make('p', { class: 'live-engine' });

  constructor() {
    const kernel = make('p', { class: 'live-kernel' }, make('strong', {}, 'Linux kernel'), ' ', this.#kernel);
    kernel.append(make('span', { class: 'live-note' }, 'one for the whole machine'));
    const region = { class: 'live-scroll', tabindex: '0', role: 'region', 'aria-label': 'Your container as it is now' };
    const scroll = make('div', region, this.#outermost.element);
    this.element = make('div', { class: 'live' }, make('div', { class: 'live-frame' }, scroll, this.#engine), kernel);
  }

  show(picture: SandboxPicture): void {
    write(this.#kernel, picture.kernel);
    this.#outermost.showOutermost(picture);
    this.#showEngine(picture.engine);
  }

  #showEngine(engine: SandboxPicture['engine']): void {
    this.#engine.hidden = engine === null;
    if (engine === null) return;
    const words = engineWords(engine);
    if (this.#engine.lastElementChild?.textContent === words) return;
    const note = make('span', { class: 'live-note' }, words);
    this.#engine.replaceChildren(make('strong', {}, 'Docker Engine'), ' ', note);
  }
}

class BoxView {
  readonly element: HTMLElement;
  readonly #name = make('strong', { class: 'live-name' });
  readonly #what = make('span', { class: 'live-note' });
  readonly #use = make('dl', { class: 'live-use' });
  readonly #own = make('dl', { class: 'live-namespaces' });
  readonly #shared = make('p', { class: 'live-shared live-note' });
  readonly #head = make('thead');
  readonly #body = make('tbody');
  readonly #more = make('p', { class: 'live-note' });
  readonly #inner = make('ul', { class: 'live-boxes' });
  readonly #moreBoxes = make('p', { class: 'live-note' });
  readonly #within: HTMLElement;
  readonly #rows: Kept<PictureProcess>;
  readonly #boxes: Kept<PictureBox>;
  readonly #views = new WeakMap<Element, BoxView>();
  #columns = '';

  constructor(place: 'outermost' | 'inner') {
    const title = make('p', { class: 'live-title', id: uniqueId('live-box') }, this.#name, ' ', this.#what);
    const table = make('table', { class: 'live-processes', 'aria-label': 'Processes' }, this.#head, this.#body);
    const list = make('div', { class: 'live-list' }, table, this.#more);
    const inner = make('div', { class: 'live-inner' }, this.#inner, this.#moreBoxes);
    this.#within = inner;
    const content =
      place === 'outermost'
        ? [title, this.#use, this.#own, make('div', { class: 'live-content' }, list, inner)]
        : [title, this.#own, this.#shared, list, inner];
    const attributes = {
      class: place === 'outermost' ? 'live-box live-outermost' : 'live-box',
      'aria-labelledby': title.id,
    };
    this.element =
      place === 'outermost'
        ? make('div', { ...attributes, role: 'group' }, ...content)
        : make('li', attributes, ...content);
    this.#rows = new Kept(
      this.#body,
      ({ number }) => `${number}`,
      markedNew(() => make('tr')),
    );
    this.#boxes = new Kept(
      this.#inner,
      keyOf,
      markedNew(() => {
        const view = new BoxView('inner');
        this.#views.set(view.element, view);
        return view.element;
      }),
    );
  }

  showOutermost({ hostname, use, box }: SandboxPicture): void {
    write(this.#name, 'Your container');
    write(this.#what, hostname);
    meters(this.#use, [
      ['Memory', memoryWords(use.memoryBytes, use.memoryLimit), share(use.memoryBytes, use.memoryLimit)],
      [
        'Processes and threads',
        countWords(use.processes, use.processesLimit),
        share(use.processes, use.processesLimit),
      ],
      ['Processor', processorWords(use.cpu), Math.min(1, use.cpu / 100)],
    ]);
    this.#show(box, false);
    this.#within.hidden = false;
    if (box.boxes.length === 0) write(this.#moreBoxes, 'All processes are in the container’s own namespaces.');
  }

  #showInner(box: PictureBox): void {
    write(this.#name, boxName(box));
    write(this.#what, box.container ? `container of ${box.container.image}` : '');
    const shared = sharedWords(box);
    write(this.#shared, shared === '' ? '' : `Shares ${shared}.`);
    this.#show(
      box,
      box.processes.some(({ number, inside }) => number !== inside),
    );
  }

  #show(box: PictureBox, twice: boolean): void {
    const namespaces = namespacesOf(box);
    const key = namespaces.join();
    if (this.#own.dataset['key'] !== key) {
      this.#own.dataset['key'] = key;
      this.#own.replaceChildren(
        ...namespaces.map(([kind, inode]) => make('div', {}, make('dt', {}, kind), make('dd', {}, `${inode}`))),
      );
    }
    this.#showHead(twice);
    const depths = depthsOf(box.processes);
    const ordered = inTreeOrder(box.processes);
    for (const [row, process] of this.#rows.keep(ordered))
      fillRow(row, process, twice, depths.get(process.number) ?? 0);
    write(this.#more, box.more ? moreWords(box.more, 'process') : '');
    for (const [element, inner] of this.#boxes.keep(box.boxes)) this.#views.get(element)!.#showInner(inner);
    this.#inner.hidden = box.boxes.length === 0;
    this.#within.hidden = box.boxes.length === 0 && !box.moreBoxes;
    write(this.#moreBoxes, box.moreBoxes ? moreWords(box.moreBoxes, 'box') : '');
  }

  #showHead(twice: boolean): void {
    const columns = twice ? ['outside', 'inside', 'user', 'command'] : ['process', 'user', 'command'];
    if (this.#columns === columns.join()) return;
    this.#columns = columns.join();
    this.#head.replaceChildren(make('tr', {}, ...columns.map((name) => make('th', { scope: 'col' }, name))));
  }
}

const keyOf = ({ own }: PictureBox) => JSON.stringify(own);

const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.min(1, part / whole));

/** Marks what is made, for a while, unless it is made with what is around it. */
function markedNew<Made extends HTMLElement>(makeOne: () => Made): (first: boolean) => Made {
  return (first) => {
    const made = makeOne();
    if (!first) {
      made.dataset['new'] = '';
      window.setTimeout(() => delete made.dataset['new'], NEW_MS);
    }
    return made;
  };
}

function meters(list: HTMLElement, values: [name: string, words: string, share: number][]): void {
  if (list.childElementCount === 0) {
    const meter = () => make('span', { class: 'live-meter', 'aria-hidden': 'true' });
    for (const [name] of values) {
      list.append(make('div', {}, make('dt', {}, name), make('dd', {}, make('span'), meter())));
    }
  }
  for (const [index, [, words, part]] of values.entries()) {
    const [value, meter] = list.children[index]!.lastElementChild!.children;
    write(value as HTMLElement, words);
    (meter as HTMLElement).style.setProperty('--share', part.toFixed(3));
  }
}

function fillRow(row: HTMLElement, process: PictureProcess, twice: boolean, depth: number): void {
  const { number, inside, user, command, ended, unknown } = process;
  const notes = [ended && 'has ended', unknown && 'namespaces not readable'].filter(Boolean).join(', ');
  const cells = [`${number}`, ...(twice ? [`${inside}`] : []), user, command];
  const key = JSON.stringify([cells, notes, depth]);
  if (row.dataset['key'] === key) return;
  row.dataset['key'] = key;
  row.replaceChildren(...cells.map((text) => make('td', {}, text)));
  const last = row.lastElementChild as HTMLElement;
  last.style.setProperty('--depth', `${Math.min(depth, MAX_INDENT)}`);
  if (notes !== '') last.append(make('span', { class: 'live-note' }, ` ${notes}`));
}

/** How many of its ancestors are listed with each. */
function depthsOf(processes: readonly PictureProcess[]): Map<number, number> {
  const depths = new Map<number, number>();
  // A number may have come round to one that is lower than its parent's: as listed, then once more.
  for (const _ of [1, 2]) {
    for (const { number, parent } of processes) depths.set(number, (depths.get(parent) ?? -1) + 1);
  }
  return depths;
}

/** Each process above those that it started. */
function inTreeOrder(processes: readonly PictureProcess[]): PictureProcess[] {
  const listed = new Set(processes.map(({ number }) => number));
  const started = Map.groupBy(processes, ({ parent }) => (listed.has(parent) ? parent : 0));
  const ordered: PictureProcess[] = [];
  const rest = [...(started.get(0) ?? [])].reverse();
  while (rest.length > 0 && ordered.length < processes.length) {
    const next = rest.pop()!;
    ordered.push(next);
    rest.push(...(started.get(next.number) ?? []).reverse());
  }
  return ordered;
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === '';
}

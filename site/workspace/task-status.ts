import { make } from '../terminal/dom.ts';
import type { Face } from './task-words.ts';

/** What passes sooner is not shown: it would only flicker. */
const PATIENCE_MS = 150;

/**
 * The lines below a task's buttons. They have a room of so many lines in every state, so that a word that comes by itself
 * moves nothing; what needs more is folded until the learner wants it, or unfolded at once where they have pressed.
 */
export class TaskStatus {
  readonly #element: HTMLElement;
  readonly #words = make('p', { class: 'task-words' });
  readonly #more = make('button', { type: 'button', class: 'task-more', 'aria-expanded': 'false', hidden: '' });
  #shown: Face = { name: 'unknown', text: '' };
  #timer: number | undefined;

  constructor(element: HTMLElement, signal: AbortSignal) {
    this.#element = element;
    element.replaceChildren(this.#words, this.#more);
    const press = () => {
      this.#letGo();
      this.#fold(!this.#folded);
    };
    this.#more.addEventListener('click', press, { signal });
    const widths = new ResizeObserver(() => this.#fit());
    widths.observe(element);
    const sight = new IntersectionObserver((seen) => seen.at(-1)?.isIntersecting === false && this.#letGo());
    sight.observe(element);
    signal.addEventListener('abort', () => {
      widths.disconnect();
      sight.disconnect();
    });
    this.#fold(true);
  }

  /** `fresh`: an answer to a press, which is shown to be one though it says the same as before. */
  show(face: Face, fresh: boolean): void {
    window.clearTimeout(this.#timer);
    if (face.name === 'checking') this.#timer = window.setTimeout(() => this.#write(face), PATIENCE_MS);
    else this.#write(face);
    if (!fresh) return;
    this.#element.removeAttribute('data-fresh');
    requestAnimationFrame(() => this.#element.setAttribute('data-fresh', ''));
  }

  /** What was unfolded keeps its room for as long as it is looked at: what comes by itself may be shorter. */
  #hold(): void {
    if (!this.#folded) this.#element.style.minHeight = `${this.#element.offsetHeight}px`;
  }

  #letGo(): void {
    this.#element.style.removeProperty('min-height');
  }

  get #folded(): boolean {
    return this.#element.hasAttribute('data-folded');
  }

  #write(face: Face): void {
    const same = JSON.stringify(face) === JSON.stringify(this.#shown);
    this.#shown = face;
    if (same) return;
    if (face.asked === true) this.#letGo();
    else this.#hold();
    // Another state may have other letters, in which what stands there still would take another room.
    this.#element.dataset['state'] = face.name;
    this.#words.replaceChildren(face.text, ...linkOf(face), ...inlineOf(face));
    for (const box of this.#element.querySelectorAll(':scope > :not(.task-words, .task-more)')) box.remove();
    this.#words.after(...boxesOf(face));
    this.#fold(face.asked !== true);
  }

  #fold(folded: boolean): void {
    this.#element.toggleAttribute('data-folded', folded);
    this.#more.textContent = folded ? 'Show all' : 'Show less';
    this.#more.setAttribute('aria-expanded', String(!folded));
    this.#fit();
  }

  /** The button is there where there is more than fits, or than is needed. */
  #fit(): void {
    const boxes = this.#element.querySelector('.task-detail, .task-compared[data-long]') !== null;
    const cut = this.#words.scrollHeight > this.#words.clientHeight + 1;
    this.#more.hidden = this.#folded ? !boxes && !cut : !this.#unfoldedByHand(boxes);
  }

  #unfoldedByHand(boxes: boolean): boolean {
    const style = getComputedStyle(this.#element);
    const room = Number(style.getPropertyValue('--lines')) * Number.parseFloat(style.lineHeight);
    return boxes || this.#words.clientHeight > room + 1;
  }
}

function linkOf({ link }: Face): (Node | string)[] {
  return link === undefined ? [] : [make('a', { href: link.href }, link.text), '.'];
}

/** Longer, or in lines, it does not fit between words. */
const INLINE_CHARACTERS = 40;

const isLong = (value: string) => value.length > INLINE_CHARACTERS || value.includes('\n');

function inlineOf({ compared }: Face): Node[] {
  if (compared === undefined || isLong(compared.expected) || isLong(compared.found)) return [];
  const value = (text: string) => make('code', {}, text === '' ? ' ' : text);
  const words = [' expected ', value(compared.expected), ', found ', value(compared.found)];
  return [make('span', { class: 'task-inline' }, ...words)];
}

function boxesOf({ compared, detail = '' }: Face): Node[] {
  const boxes: Node[] = [];
  if (compared !== undefined) {
    const long = isLong(compared.expected) || isLong(compared.found);
    const side = (term: string, value: string) =>
      make('div', {}, make('dt', {}, term), make('dd', {}, value === '' ? emptyValue() : boxOf(value, term)));
    boxes.push(
      make(
        'dl',
        { class: 'task-compared', 'data-long': long ? '' : undefined },
        side('expected', compared.expected),
        side('found', compared.found),
      ),
    );
  }
  if (detail.trim() !== '') boxes.push(make('div', { class: 'task-detail' }, boxOf(detail, 'What the check printed')));
  return boxes;
}

const emptyValue = () => make('em', {}, 'nothing');

/** Scrolls where it is long, and is then within reach of the keyboard. */
function boxOf(text: string, label: string): HTMLElement {
  return make('pre', { class: 'value-box', tabindex: '0', role: 'group', 'aria-label': label }, text);
}

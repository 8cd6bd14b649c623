import type { DeskImage, DeskProblem, DeskState } from '../../sandbox-server/protocol/desk.ts';
import { askForSession } from '../terminal/admission.ts';
import { make } from '../terminal/dom.ts';
import { post } from './api.ts';
import styles from '../styles/authors-desk.css?inline';
import { button, dialogActions, openDialog } from './dialog.ts';
import { followPage } from './follow-page.ts';
import type { SlipwayTerminals } from './terminals.ts';

/** When a server that did not answer is asked again, in milliseconds. */
const AGAIN_MS = 1_000;

/**
 * The author's desk in the page, which is a learner's page otherwise: the page follows what is saved, and a note says what
 * cannot be shown and what has become old. Only `slipway dev` builds it into pages.
 */
class AuthorsDesk extends HTMLElement {
  #state: DeskState = { pages: {}, problems: [], images: [] };
  #events: EventSource | undefined;
  readonly #note = make('section', { role: 'status', 'aria-label': 'Author’s desk' });

  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).append(make('style', {}, styles), this.#note);
  }

  start(): void {
    const listen = () => void this.#listen();
    // A browser opens few streams to one server: a page that nobody sees keeps none, and learns all when it is seen.
    document.addEventListener('visibilitychange', listen);
    document.addEventListener('astro:after-swap', () => document.body.append(this));
    document.addEventListener('astro:page-load', () => this.#show());
    document.body.append(this);
    listen();
  }

  async #listen(): Promise<void> {
    this.#events?.close();
    this.#events = undefined;
    if (document.hidden) return;
    // What is told of sandboxes is told to whom they belong.
    const session = await askForSession();
    if (session.kind === 'refused') return;
    if (session.kind === 'unreachable') return void setTimeout(() => void this.#listen(), AGAIN_MS);
    if (document.hidden || this.#events !== undefined) return;
    this.#events = new EventSource('/api/desk/events');
    this.#events.addEventListener('message', ({ data }: MessageEvent<string>) => {
      this.#state = JSON.parse(data) as DeskState;
      this.#show();
    });
  }

  #show(): void {
    const newest = this.#state.pages[location.pathname] ?? 0;
    if (newest > Number(document.documentElement.dataset['desk'] ?? 0)) return void followPage();
    const course = document.querySelector('slipway-terminals')?.getAttribute('course');
    const images = this.#state.images.filter(({ courses }) => course != null && courses.includes(course));
    this.#note.replaceChildren(
      ...problemsView(this.#state.problems),
      ...images.map((image) => imageView(image, course ?? '')),
    );
    this.#note.hidden = this.#note.childElementCount === 0;
  }
}

function problemsView(problems: readonly DeskProblem[]): HTMLElement[] {
  if (problems.length === 0) return [];
  const list = problems.map(({ place, what, expected, mend }) =>
    make(
      'li',
      {},
      make('code', {}, place),
      make('p', { class: 'what' }, what),
      make('p', {}, make('b', {}, 'Expected: '), expected),
      make('p', {}, make('b', {}, 'Mend: '), mend),
    ),
  );
  return [make('h2', {}, 'Not shown until this is mended'), make('ul', {}, ...list)];
}

function imageView({ name, state, text }: DeskImage, course: string): HTMLElement {
  if (state === 'building') return make('p', {}, `The image ${name} has changed and is being built …`);
  if (state === 'failed') {
    const said = make('pre', {}, text);
    return make('div', {}, make('h2', {}, `The image ${name} could not be built; the old one stays in use`), said);
  }
  return make(
    'div',
    { class: 'image' },
    make('p', {}, 'The image has changed. Your sandbox is of the old one.'),
    button('Make a new sandbox', () => askToRenew(course), 'signal'),
  );
}

function askToRenew(course: string): void {
  const note = make('p', { role: 'alert' });
  const renew = button('Delete and make a new one', () => void go(), 'signal');
  const dialog = openDialog(
    'Make a new sandbox?',
    make('p', {}, 'The one that you have is deleted with all files in it. The new one is of the image as it is now.'),
    note,
    dialogActions(
      button('Cancel', () => dialog.close()),
      renew,
    ),
  );

  async function go(): Promise<void> {
    renew.disabled = true;
    const pane = document.querySelector<SlipwayTerminals>('slipway-terminals');
    const opened = pane?.terminals.filter(({ state }) => state.name !== 'idle') ?? [];
    // Their sockets would only report, one after the other, that the sandbox ended.
    for (const terminal of opened) terminal.disconnect();
    const outcome = await post(`/api/desk/courses/${course}/sandbox/renew`);
    for (const terminal of opened) void terminal.reconnect();
    renew.disabled = false;
    if (outcome.ok) dialog.close();
    else note.textContent = outcome.message;
  }
}

customElements.define('slipway-authors-desk', AuthorsDesk);
new AuthorsDesk().start();

import type { TaskProgress } from '../../sandbox-server/protocol/lesson.ts';
import { HintLadder } from './hint-ladder.ts';
import type { LessonDesk } from './lesson-desk.ts';
import { seconds } from './moment.ts';
import { SolutionPanel } from './solution-panel.ts';
import { TaskStatus } from './task-status.ts';
import { faceOf, type Face, type Standing } from './task-words.ts';

/** A program that a solution starts and that goes on: no command's end asks for a check, and it takes this long to be there. */
const PROGRAM_MS = 1_000;

/** What takes less would be told as 0.0 s. */
const WORTH_TELLING_MS = 50;

/** Long enough to be read twice. */
const NOTE_MS = 8_000;

/** `<slipway-task>`: what is to be done, whether it is, and help. Its text and its buttons are in the page. */
export class SlipwayTask extends HTMLElement {
  #desk: LessonDesk | undefined;
  #status: TaskStatus | undefined;
  #hints: HintLadder | undefined;
  #solution: SolutionPanel | undefined;
  #followed = false;
  /** This is what the learner is at: the next task, or one that they turned to. */
  #here = false;
  #heardAt = 0;
  /** Stands for a while in place of what there is to say of the task. */
  #note: string | null = null;

  get number(): string {
    return this.dataset['number'] ?? '';
  }

  get heading(): string {
    return this.dataset['title'] ?? '';
  }

  get needs(): string[] {
    return this.dataset['needs']?.split(/[\s,]+/).filter(Boolean) ?? [];
  }

  get kind(): 'task' | 'ask' {
    return this.localName === 'slipway-ask' ? 'ask' : 'task';
  }

  get #input(): HTMLInputElement | null {
    return this.querySelector('.task-answer');
  }

  /** The page has a desk for its tasks; a new one with each page. */
  connect(desk: LessonDesk, signal: AbortSignal): void {
    this.#desk = desk;
    const status = this.querySelector<HTMLElement>('.task-status');
    const form = this.querySelector<HTMLFormElement>('.task-actions');
    if (status === null || form === null) return;
    this.#status = new TaskStatus(status, signal);
    form.addEventListener('submit', (event) => this.#check(event), { signal });
    const hints = this.#action('hint');
    if (hints !== null) {
      const opened = (rung: number, hint: HTMLElement) => desk.openHint(this, rung, hint);
      this.#hints = new HintLadder([...this.querySelectorAll<HTMLDetailsElement>('.hint')], hints, opened, signal);
    }
    const solution = this.#action('solution');
    if (solution !== null) {
      const ran = () => void window.setTimeout(() => this.#checkLater(), PROGRAM_MS);
      this.#solution = new SolutionPanel(solution, this, { fetch: () => desk.solution(this), ran }, signal);
    }
    this.#action('move')?.addEventListener('click', () => void this.#move(desk), { signal });
  }

  /** Shows how it stands; the face is returned, for whoever tells it in other ways. */
  show(standing: Omit<Standing, 'kind' | 'id' | 'followed'>): Face {
    const { progress, next } = standing;
    const { report, state } = progress ?? {};
    const fresh = report?.asked === true && report.at !== this.#heardAt && this.#heardAt !== 0;
    if (report) this.#heardAt = report.at;
    this.#followed ||= report?.asked === true;
    const face = faceOf({ ...standing, kind: this.kind, id: this.id, followed: this.#followed });
    if (state === 'done' && this.dataset['state'] !== 'done') this.#note = null;
    this.dataset['state'] = next ? 'next' : (state ?? 'unknown');
    this.dataset['face'] = face.name;
    this.#status?.show(this.#note === null ? face : { ...face, text: this.#note }, fresh);
    this.#here = next || this.#followed;
    if (progress) this.#showButtons(progress);
    return face;
  }

  #showButtons(progress: TaskProgress): void {
    const input = this.#input;
    const shut = String(progress.state !== 'open');
    // What is disabled loses the focus, and the keyboard its place with it.
    if (input !== null) input.readOnly = progress.state !== 'open';
    input?.setAttribute('aria-disabled', shut);
    const check = this.querySelector('.task-check');
    check?.setAttribute('aria-disabled', shut);
    const label = check?.querySelector('span');
    if (label) label.textContent = progress.state === 'done' ? 'Done' : 'Check';
    if (this.#hints !== undefined) this.#hints.rung = progress.hints;
    if (progress.solution) this.#solution?.prepare();
    const move = this.#action('move')?.querySelector('span');
    if (move) move.textContent = this.#here ? 'Reset this task…' : 'Go to this task…';
  }

  #action(name: string): HTMLButtonElement | null {
    return this.querySelector(`.task-actions [data-action='${name}']`);
  }

  #check(event: Event): void {
    event.preventDefault();
    if (this.querySelector('.task-check')?.getAttribute('aria-disabled') === 'true') return;
    const answer = this.#input?.value.trim();
    if (answer === '') return this.#input?.focus();
    this.#followed = true;
    this.#heardAt ||= 1;
    this.#note = null;
    this.#desk?.check(this, answer);
  }

  #forgetNote(desk: LessonDesk): void {
    this.#note = null;
    desk.refresh();
  }

  #checkLater(): void {
    if (this.isConnected && this.dataset['state'] !== 'done') this.#desk?.check(this);
  }

  async #move(desk: LessonDesk): Promise<void> {
    const answer = await desk.move(this, this.#here);
    if (answer === null) return;
    this.#followed = true;
    const live = answer.liveMs >= WORTH_TELLING_MS ? `, ${seconds(answer.liveMs)} of it to rebuild what runs` : '';
    this.#note = `The sandbox is at the start of this task. It took ${seconds(answer.ms)}${live}.`;
    desk.refresh(this.#note);
    window.setTimeout(() => this.#forgetNote(desk), NOTE_MS);
  }
}

/** `<slipway-ask>`: the same, with an answer that is typed. */
export class SlipwayAsk extends SlipwayTask {}

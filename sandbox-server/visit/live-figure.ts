/** What the live figures of a learner's pages show: one reading of the sandbox for all of them, while any can be seen. */
import type { FigureView, SandboxPicture } from '../protocol/figure.ts';
import { Pictures } from '../sandbox/init/pictures.ts';
import type { SandboxSession } from '../session/sandbox-session.ts';
import type { VisitsOptions } from './context.ts';
import type { Page } from './page.ts';

export interface LiveFigureOptions extends Pick<VisitsOptions, 'connect' | 'now' | 'log'> {
  /** The learner's sandbox, if there is one. */
  sandbox(): SandboxSession | undefined;
}

export class LiveFigure implements Disposable {
  private readonly options: LiveFigureOptions;
  private readonly pages = new Set<Page>();
  /** The sandbox, while it runs. */
  private session: SandboxSession | undefined;
  /** While it runs and a page sees it. */
  private pictures: Pictures | undefined;
  private last: { sandbox: string; picture: SandboxPicture; at: number } | undefined;

  constructor(options: LiveFigureOptions) {
    this.options = options;
  }

  /** The page's figure can be seen, or cannot any more. */
  seen(page: Page, seen: boolean): void {
    if (!seen) {
      this.pages.delete(page);
      if (this.pages.size === 0) this.rest();
      return;
    }
    if (this.pages.has(page)) return;
    this.pages.add(page);
    // What was drawn while nobody looked on is of then: where the sandbox runs, another comes at once.
    if (this.pictures || !this.session) page.tell(this.view());
    this.look();
  }

  /** The sandbox runs. */
  enter(session: SandboxSession): void {
    this.rest();
    this.session = session;
    // After a reset it is another one.
    if (this.last?.sandbox !== session.id) this.last = undefined;
    this.look();
  }

  /** It does not any more; what it was like stays. */
  leave(session: SandboxSession): void {
    if (this.session !== session) return;
    this.session = undefined;
    this.rest();
    this.tell();
  }

  [Symbol.dispose](): void {
    this.rest();
  }

  private look(): void {
    const { session } = this;
    if (!session || this.pages.size === 0) return;
    const { connect, now, log } = this.options;
    const { id } = session;
    this.pictures ??= new Pictures({
      connect: () => connect(id),
      onPicture: (picture) => {
        this.last = { sandbox: id, picture, at: now() };
        this.tell();
      },
      log,
    });
  }

  private rest(): void {
    this.pictures?.[Symbol.dispose]();
    this.pictures = undefined;
  }

  private tell(): void {
    const view = this.view();
    for (const page of this.pages) page.tell(view);
  }

  private view(): { type: 'figure' } & FigureView {
    const frozen = this.options.sandbox()?.state === 'frozen' ? 'frozen' : 'stopped';
    const state = this.session ? 'running' : frozen;
    return { type: 'figure', state, picture: this.last?.picture ?? null, at: this.last?.at ?? null };
  }
}

/** The author's desk on the command line's side: follows the files, has pages and images made, and tells all sides. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { formatProblem, type Problem } from '../../../site/course/problem.ts';
import type { DeskChange, DeskMessage } from '../../../site/desk/messages.ts';
import type { Config, Settings } from '../../config.ts';
import type { DeskNews } from '../../desk/news.ts';
import type { Report } from '../plain/report.mjs';
import type { Tell } from '../serve/child.ts';
import { waitForLock } from '../serve/lock.ts';
import { Images } from './images.ts';
import { Renderer } from './renderer.ts';
import { type Watched, watchCourses } from './watch.ts';

export interface AuthorsDeskOptions {
  root: string;
  settings: Settings;
  config: Config;
  /** What the gateway reads. */
  folder: string;
  report: Report;
  signal: AbortSignal;
}

/** `building`: the whole site. `ready`: what is saved shows. `waiting`: nothing can be done before something is mended. */
type State = { name: 'building'; again: boolean } | { name: 'ready' } | { name: 'waiting' };

export class AuthorsDesk implements AsyncDisposable {
  readonly #options: AuthorsDeskOptions;
  readonly #news: DeskNews;
  readonly #opened = Promise.withResolvers<boolean>();
  #images: Images | undefined;
  #watched: Watched | undefined;
  #renderer: Renderer | undefined;
  #state: State = { name: 'waiting' };
  #tellGateway: Tell = () => {};
  /** When the first file changed of what is being looked at; null where that was told. */
  #changedAt: number | null = null;

  constructor(options: AuthorsDeskOptions) {
    this.#options = options;
    this.#news = { type: 'desk', pages: {}, problems: [], images: options.config.images, work: [], manifest: 0 };
  }

  /** Resolves when there are pages to serve, which may be after a mistake was mended; to false where it was ended before. */
  async open(): Promise<boolean> {
    const { settings, config, folder, report, signal } = this.#options;
    signal.addEventListener('abort', () => this.#opened.resolve(false), { once: true });
    // Pages of an earlier desk would be served until they are made again.
    rmSync(folder, { recursive: true, force: true });
    if (config.sandboxes.mode === 'on') {
      this.#images = new Images({
        settings,
        config,
        report,
        tell: (work, images) => this.#publish({ work, images }),
      });
    }
    this.#watched = watchCourses(settings.lessons, ({ image }) => {
      this.#changedAt ??= performance.now();
      if (image) this.#images?.changed();
      this.#look();
    });
    await this.#watched.ready;
    void report.stage('Pages', async ({ result }) => {
      void this.#build();
      result((await this.#opened.promise) ? 'made; they follow what is saved' : 'not made');
    });
    return await this.#opened.promise;
  }

  /** From now on this gateway is told; and at once everything. */
  tellGateway(tell: Tell): void {
    this.#tellGateway = tell;
    tell(this.#news);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watched?.[Symbol.asyncDispose]();
    await this.#renderer?.[Symbol.asyncDispose]();
  }

  #look(): void {
    if (this.#state.name === 'building') this.#state.again = true;
    else if (this.#state.name === 'waiting') void this.#build();
    else this.#renderer?.look();
  }

  /** Has the whole site built by a new process, in place of the one that there is. */
  async #build(): Promise<void> {
    const { root, settings, folder, report, signal } = this.#options;
    this.#state = { name: 'building', again: false };
    await this.#renderer?.[Symbol.asyncDispose]();
    // Builds of one working tree share files.
    const lock = await waitForLock(join(root, 'build'), () =>
      report.note('  Waiting for another Slipway that builds in this folder …'),
    );
    let building = true;
    const release = () => {
      if (building) lock[Symbol.dispose]();
      building = false;
    };
    if (signal.aborted) return release();
    this.#renderer = new Renderer({
      root,
      lessons: settings.lessons,
      folder,
      onMessage: (message) => {
        if (message.type === 'built') release();
        this.#hear(message);
      },
      onEnd: (clean, lastWords) => {
        release();
        this.#ended(clean, lastWords);
      },
    });
  }

  #hear(message: DeskMessage): void {
    const { report } = this.#options;
    switch (message.type) {
      case 'built': {
        const again = this.#state.name === 'building' && this.#state.again;
        this.#state = { name: 'ready' };
        this.#opened.resolve(true);
        if (again) this.#look();
        return;
      }
      case 'changed':
        return this.#changed(message.change);
      case 'problems':
        return this.#tellProblems(message.problems);
      case 'outdated':
        report.note(`  ${now()}  The pages are all built anew …`);
        return void this.#build();
    }
  }

  #changed({ pages, stamp, manifest }: DeskChange): void {
    const stamps = Object.fromEntries(pages.map((page) => [page, stamp]));
    this.#publish({
      pages: { ...this.#news.pages, ...stamps },
      ...(manifest && { manifest: this.#news.manifest + 1 }),
    });
    // What follows from the same change is no news.
    if (this.#changedAt === null) return;
    const ms = Math.round(performance.now() - this.#changedAt);
    this.#changedAt = null;
    const page = pages.find((address) => address.startsWith('/courses/')) ?? pages[0] ?? 'tasks and checks';
    const others = pages.length > 1 ? ` and ${pages.length - 1} more` : '';
    this.#options.report.note(`  ${now()}  ${page}${others}, after ${ms} ms`);
  }

  #tellProblems(problems: readonly Problem[]): void {
    const { report } = this.#options;
    this.#publish({
      problems: problems.map(({ file, line, column, what, expected, mend }) => ({
        place: `${file}:${line}:${column}`,
        what,
        expected,
        mend,
      })),
    });
    if (problems.length === 0) return report.note(`  ${now()}  Mended.`);
    this.#changedAt = null;
    const told = problems.map(formatProblem).join('\n').replace(/^/gm, '  ');
    report.note(`\n  ${now()}  ${report.paint('1;31', 'Nothing is changed until this is mended:')}\n${told}\n`);
  }

  #ended(clean: boolean, lastWords: string): void {
    const { report } = this.#options;
    const wasReady = this.#state.name === 'ready';
    const again = this.#state.name === 'building' && this.#state.again;
    this.#state = { name: 'waiting' };
    if (!clean) {
      const mend = 'Save the file again, or end slipway dev with Ctrl-C and start it again.';
      report.failure({ what: 'The pages could not be made.', why: lastWords, mend });
    }
    // One that worked and broke down is replaced once; one that could not even begin waits for the next change.
    if (wasReady || again) void this.#build();
  }

  #publish(news: Partial<DeskNews>): void {
    Object.assign(this.#news, news);
    this.#tellGateway(this.#news);
  }
}

const now = () => new Date().toTimeString().slice(0, 8);

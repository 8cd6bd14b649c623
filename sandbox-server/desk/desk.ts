/** The gateway's side of the author's desk: takes up what changed, and tells it to all pages that are open. */
import { readFileSync } from 'node:fs';
import type { CourseManifest } from '../../site/course/manifest.ts';
import type { Config } from '../config.ts';
import type { Courses } from '../http/courses.ts';
import type { DeskImage, DeskState } from '../protocol/desk.ts';
import type { Sessions } from '../session/sessions.ts';
import { deskNews, type DeskNews } from './news.ts';

export interface DeskOptions {
  config: Pick<Config, 'images' | 'paths'>;
  courses: Courses;
  sessions: Sessions;
}

type Listener = () => void;

export class Desk {
  readonly #options: DeskOptions;
  readonly #listeners = new Set<Listener>();
  #news: DeskNews = { type: 'desk', pages: {}, problems: [], images: {}, work: [], manifest: 0 };

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Takes a message of `slipway dev`; others are not for the desk. */
  take(message: unknown): void {
    const parsed = deskNews.safeParse(message);
    if (!parsed.success) return;
    const { config, courses } = this.#options;
    Object.assign(config.images, parsed.data.images);
    if (parsed.data.manifest !== this.#news.manifest) {
      courses.replace(JSON.parse(readFileSync(config.paths.courses, 'utf8')) as CourseManifest);
    }
    this.#news = parsed.data;
    this.tell();
  }

  /** For whoever has something to tell anew: a learner's sandbox is another one. */
  tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener whenever the state changed, until disposed. */
  listen(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** As this learner sees it. */
  stateFor(learner: string): DeskState {
    const { pages, problems, work } = this.#news;
    const images = work.map(({ name, state, text }) => ({ name, state, text, courses: this.#coursesOf(name) }));
    return { pages, problems, images: [...images, ...this.#olderThanImage(learner)] };
  }

  #coursesOf(image: string): string[] {
    return this.#options.courses.all().flatMap((course) => (course.image === image ? [course.id] : []));
  }

  #olderThanImage(learner: string): DeskImage[] {
    const { config, courses, sessions } = this.#options;
    return courses.all().flatMap(({ id, image }) => {
      const used = sessions.find(learner, id)?.spec.image;
      const built = config.images[image]?.id;
      if (used === undefined || built === undefined || used === built) return [];
      return [{ name: image, courses: [id], state: 'newer' as const, text: '' }];
    });
  }
}

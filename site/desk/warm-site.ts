/**
 * The site as Astro builds it for a server, with what rendered its pages kept at hand: a page is rendered again in
 * milliseconds, by the same code and with the same files beside it. Built once a process.
 */
import { fileURLToPath } from 'node:url';
import { type AstroInlineConfig, type AstroIntegration, type AstroPrerenderer, build } from 'astro';
import { courseEntry, lessonEntry } from '../content-entries.ts';
import type { Course } from '../course/course.ts';
import { keepCollection, kept } from '../kept.ts';

/** Astro's own one has, once it is set up, the application whose pages it renders. */
type Prerenderer = AstroPrerenderer & { app?: { routeCache: { clearAll(): void } } };

export interface Page {
  /** Its address: `/courses/first-steps/hello/`. */
  path: string;
  render(): Promise<string>;
}

export interface WarmSiteOptions {
  /** Astro's root. */
  root: URL;
  /** The folder of the courses. */
  lessons: string;
  /** Where the site is built into. */
  outDir: string;
  cacheDir: string;
}

export class WarmSite {
  readonly #options: WarmSiteOptions;
  readonly #prerenderer: Prerenderer;

  private constructor(options: WarmSiteOptions, prerenderer: Prerenderer) {
    this.#options = options;
    this.#prerenderer = prerenderer;
  }

  /** Rejects with what Astro's build rejects with. */
  static async build(options: WarmSiteOptions): Promise<WarmSite> {
    const keeper = new Keeper();
    const config: AstroInlineConfig = {
      root: fileURLToPath(options.root),
      outDir: options.outDir,
      cacheDir: options.cacheDir,
      integrations: [keeper.integration],
      logLevel: 'error',
    };
    await build(config);
    keeper.restore();
    return new WarmSite(options, keeper.prerenderer!);
  }

  /** Has all pages made of these courses from now on. Resolves to the addresses of the lessons that changed. */
  async load(courses: readonly Course[]): Promise<string[]> {
    const { root, lessons: folder } = this.#options;
    const press = { root, folder, renderMarkdown: kept.renderMarkdown! };
    const before = kept.collections.get('lessons');
    const entries = [];
    for (const course of courses) {
      for (const lesson of course.lessons) entries.push(await lessonEntry(press, course.id, lesson));
    }
    keepCollection('courses', courses.map(courseEntry));
    keepCollection('lessons', entries);
    // Which lessons there are is asked once, and kept.
    this.#prerenderer.app?.routeCache.clearAll();
    return entries.filter((entry) => before?.get(entry.id) !== entry).map(({ id }) => `/courses/${id}/`);
  }

  async pages(): Promise<Page[]> {
    const paths = await this.#prerenderer.getStaticPaths();
    return paths.map(({ pathname, route }) => {
      const path = pathname.endsWith('/') ? pathname : `${pathname}/`;
      return {
        path,
        render: async () => {
          const request = new Request(new URL(path, 'http://desk.invalid'));
          const answer = await this.#prerenderer.render(request, { routeData: route });
          return await (answer instanceof Response ? answer : answer.response).text();
        },
      };
    });
  }
}

/** Gets hold of what a build lets go of at its end. */
class Keeper {
  prerenderer: Prerenderer | undefined;
  #addStaticImage: unknown;

  readonly integration: AstroIntegration = {
    name: 'slipway-desk',
    hooks: {
      'astro:config:setup': ({ injectScript }) => {
        injectScript('page', `import ${JSON.stringify(fileURLToPath(DESK_IN_THE_PAGE))};`);
      },
      'astro:build:start': ({ setPrerenderer }) => {
        setPrerenderer((astros) => {
          this.prerenderer = astros;
          const setup = async () => {
            await astros.setup?.();
            this.#addStaticImage = assets.astroAsset?.addStaticImage;
          };
          return { ...astros, setup };
        });
      },
    },
  };

  /** Astro takes it away after the last page: it gives a page's picture its address among the built files. */
  restore(): void {
    if (assets.astroAsset) assets.astroAsset.addStaticImage = this.#addStaticImage;
  }
}

const assets = globalThis as { astroAsset?: { addStaticImage?: unknown } };

const DESK_IN_THE_PAGE = new URL('../workspace/authors-desk.ts', import.meta.url);

/** Makes the pages of courses, and what the server is told of them, anew whenever files change. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Course, readCourses } from '../course/course.ts';
import { CourseMemory } from '../course/memory.ts';
import { isDrawing } from '../course/pictures.ts';
import { CourseProblems } from '../course/problem.ts';
import { writeManifest } from '../course/write-manifest.ts';
import { readSchool, SCHOOL_FILE } from '../school/school.ts';
import { kept } from '../kept.ts';
import type { DeskMessage } from './messages.ts';
import { Published } from './published.ts';
import { type Page, WarmSite } from './warm-site.ts';

export interface DeskOptions {
  /** Astro's root. */
  root: URL;
  /** The folder of the courses. */
  lessons: string;
  /** Where the gateway reads: `site/`, `courses.json`. */
  folder: string;
  /** For what the build itself needs. */
  work: string;
  tell: (message: DeskMessage) => void;
}

/**
 * An editor that empties a file and then writes it leaves a mistake that nobody made: a mistake counts when it is still
 * there after this long, in milliseconds.
 */
const SETTLE_MS = 80;

/** The browser has the processors to itself for this long, in milliseconds, while it shows the page that was saved. */
const OTHERS_MS = 150;

export class Desk {
  readonly #options: DeskOptions;
  readonly #published: Published;
  readonly #memory = new CourseMemory();
  #site: WarmSite | undefined;
  /** What is built into all pages, as it was when they were built. */
  #builtIn = '';
  #manifest = '';
  #stamp = 0;
  #looks = 0;
  #looking: Promise<void> = Promise.resolve();
  #hadProblems = false;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#published = new Published(join(options.folder, 'site'));
  }

  /** Builds the whole site. Resolves to whether it could: an author's mistakes are told. */
  async build(): Promise<boolean> {
    const { root, lessons, work, tell } = this.#options;
    const courses = await this.#read();
    if (courses === undefined) return false;
    this.#builtIn = await builtInto(lessons, courses);
    // The build goes on with these: what it renders is known to be of them.
    kept.courses = Promise.resolve(courses);
    const outDir = join(work, 'site');
    this.#site = await WarmSite.build({ root, lessons, outDir, cacheDir: join(work, 'cache') });
    const manifest = await this.#writeManifest(courses);
    const stamp = this.#nextStamp();
    const pages = await this.#published.take(outDir, stamp);
    tell({ type: 'built' });
    this.#tell(pages, stamp, manifest);
    return true;
  }

  /** Looks at all files again. What is under way for an older look is given up where it can be. */
  look(): void {
    const look = ++this.#looks;
    this.#looking = this.#looking.then(() => this.#follow(look));
  }

  async #follow(look: number): Promise<void> {
    // A newer one sees all that this one would.
    if (look !== this.#looks) return;
    const { lessons, tell } = this.#options;
    const courses = await this.#read(look);
    if (courses === undefined) return;
    if (this.#builtIn !== (await builtInto(lessons, courses))) return tell({ type: 'outdated' });

    const changed = new Set(await this.#site!.load(courses));
    const pages = (await this.#site!.pages()).filter(({ path }) => path !== '/404/');
    // Whoever saved a lesson waits for that one; the others may name it, or its title.
    await this.#make(pages.filter(({ path }) => changed.has(path)));
    if (await this.#writeManifest(courses)) this.#tell([], this.#nextStamp(), true);
    if (changed.size > 0) await sleep(OTHERS_MS);
    for (const page of pages.filter(({ path }) => !changed.has(path))) {
      if (look !== this.#looks) return;
      await this.#make([page]);
    }
    await this.#published.keepOnly([...pages.map(({ path }) => path), '/404/']);
  }

  async #make(pages: readonly Page[]): Promise<void> {
    const stamp = this.#nextStamp();
    const different: string[] = [];
    for (const page of pages) {
      if (await this.#published.page(page.path, await page.render(), stamp)) different.push(page.path);
    }
    if (different.length > 0) this.#tell(different, stamp, false);
  }

  #tell(pages: readonly string[], stamp: number, manifest: boolean): void {
    this.#options.tell({ type: 'changed', change: { pages, stamp, manifest } });
  }

  /** The courses; undefined where they have mistakes, which are told, or where a newer look is to find out. */
  async #read(look = this.#looks): Promise<Course[] | undefined> {
    try {
      return this.#tellMended(await this.#readOnce());
    } catch {
      await sleep(SETTLE_MS);
      if (look !== this.#looks) return undefined;
    }
    try {
      return this.#tellMended(await this.#readOnce());
    } catch (error) {
      if (!(error instanceof CourseProblems)) throw error;
      this.#hadProblems = true;
      this.#options.tell({ type: 'problems', problems: error.problems });
      return undefined;
    }
  }

  async #readOnce(): Promise<Course[]> {
    const { root, lessons } = this.#options;
    const courses = await readCourses(lessons, this.#memory);
    await readSchool(lessons, await readFile(new URL('site/styles/tokens.css', root), 'utf8'));
    return courses;
  }

  #tellMended(courses: Course[]): Course[] {
    if (this.#hadProblems) this.#options.tell({ type: 'problems', problems: [] });
    this.#hadProblems = false;
    return courses;
  }

  /** Resolves to whether it says something else than before. */
  async #writeManifest(courses: readonly Course[]): Promise<boolean> {
    const text = JSON.stringify(await writeManifest(courses, join(this.#options.folder, 'courses.json')));
    if (text === this.#manifest) return false;
    this.#manifest = text;
    return true;
  }

  /** Milliseconds since 1970, and more than the last: pages compare them, also with those of an earlier desk. */
  #nextStamp(): number {
    this.#stamp = Math.max(Date.now(), this.#stamp + 1);
    return this.#stamp;
  }
}

/** What Astro works into the site's files: the school's name and colours, and pictures of pixels. */
async function builtInto(lessons: string, courses: readonly Course[]): Promise<string> {
  const school = await readFile(join(lessons, SCHOOL_FILE), 'utf8').catch(() => '');
  const pictures = courses.flatMap(({ id, lessons: all }) =>
    all.flatMap((lesson) =>
      lesson.pictures.filter(({ url }) => !isDrawing(url)).map(({ url }) => join(lessons, id, lesson.id, url)),
    ),
  );
  const versions = await Promise.all(
    [...new Set(pictures)].sort().map(async (path) => {
      const { mtimeMs, size } = await stat(path);
      return [path, mtimeMs, size];
    }),
  );
  return JSON.stringify([school, versions]);
}

/** An author's desk (`slipway dev`) as a whole, on a copy of the fixture courses that a test may change. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeEverything } from '../../sandbox-server/sandbox/oci/supervisor/remove-everything.ts';
import { Slipway } from '../cli/slipway.ts';
import { ownConfig } from './config.ts';
import { FIXTURE_LESSONS } from './site.ts';
import { execFileSync } from 'node:child_process';

export class TestDesk implements AsyncDisposable {
  readonly url: string;
  readonly lessons: string;
  readonly slipway: Slipway;
  readonly #remove: () => Promise<void>;

  private constructor(url: string, lessons: string, slipway: Slipway, remove: () => Promise<void>) {
    this.url = url;
    this.lessons = lessons;
    this.slipway = slipway;
    this.#remove = remove;
  }

  /** `change` may change the courses before the desk is opened. Resolves when it serves, or at once (`wait: false`). */
  static async open({ change, wait = true }: { change?: (lessons: string) => void; wait?: boolean } = {}) {
    const { config } = await ownConfig();
    const data = dirname(config.paths.supervisorData);
    const lessons = join(data, 'lessons');
    cpSync(FIXTURE_LESSONS, lessons, { recursive: true });
    change?.(lessons);
    // What takes long to build is there already.
    const images = join(config.paths.supervisorData, 'images');
    mkdirSync(images, { recursive: true });
    execFileSync('cp', ['-al', join(config.paths.images, config.images['specimen']!.id), images]);
    const places = ['--lessons', lessons, '--data', data, '--run', config.run, '--cgroup', config.cgroup];
    const ids = ['--id-base', String(config.idBase), '--id-count', String(config.idCount)];
    const slipway = new Slipway(['dev', ...places, ...ids, '--port', String(config.port)]);
    const desk = new TestDesk(config.urls[0]!, lessons, slipway, async () => {
      await removeEverything(config);
      rmSync(data, { recursive: true, force: true });
    });
    if (wait) await slipway.prints(/Slipway is ready/);
    return desk;
  }

  /** Saves a file of the courses with one text in place of another, as an editor does. */
  save(file: string, from: string, to: string): void {
    const path = join(this.lessons, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${basename(file)} has no "${from}"`);
    writeFileSync(path, text.replace(from, to));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.slipway.child.kill('SIGTERM');
    await this.slipway.ended;
    await this.#remove();
  }
}

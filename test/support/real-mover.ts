/** A mover on real sandboxes, in this process: the gateway's parts from sessions to lessons, without HTTP. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CourseEntry } from '../../site/course/manifest.ts';
import { createLog } from '../../sandbox-server/log.ts';
import { Layers } from '../../sandbox-server/lessons/layers.ts';
import { Mover } from '../../sandbox-server/lessons/move.ts';
import { playFrom } from '../../sandbox-server/lessons/play.ts';
import type { Config, ImageEntry } from '../../sandbox-server/config.ts';
import type { Profile } from '../../sandbox-server/sandbox/driver.ts';
import { Clock } from '../../sandbox-server/session/clock.ts';
import { Sessions } from '../../sandbox-server/session/sessions.ts';
import { Spares } from '../../sandbox-server/session/spares.ts';
import { openDatabase } from '../../sandbox-server/store/database.ts';
import { Learners } from '../../sandbox-server/store/learners.ts';
import { QueuePlaces } from '../../sandbox-server/store/queue-places.ts';
import { SandboxRecords } from '../../sandbox-server/store/sandbox-records.ts';
import { SpareRecords } from '../../sandbox-server/store/spare-records.ts';
import { imageOf } from './config.ts';
import { RealSandboxes } from './sandboxes.ts';

const log = createLog('gateway', process.env['SLIPWAY_TEST_LOG'] ?? 'silent');

export class RealMover implements AsyncDisposable {
  readonly sandboxes: RealSandboxes;
  readonly sessions: Sessions;
  readonly layers: Layers;
  readonly mover: Mover;
  /** That of all courses. */
  readonly image: ImageEntry;
  private readonly owned: AsyncDisposableStack;

  private constructor(sandboxes: RealSandboxes, courses: readonly CourseEntry[], profile: Profile) {
    const owned = new AsyncDisposableStack();
    const { driver } = sandboxes;
    this.image = { id: imageOf(sandboxes.config, profile), profile };
    const config: Config = { ...sandboxes.config, images: { image: this.image } };
    const database = openDatabase(':memory:');
    owned.use(sandboxes);
    owned.defer(() => database.close());
    const now = () => Date.now();
    const learners = new Learners(database, now);
    for (const id of ['ada', 'ben']) learners.create(id);
    const { startTimeoutMs } = config;
    const spares = new Spares({ driver, records: new SpareRecords(database, now), startTimeoutMs, log });
    const records = new SandboxRecords(database, now);
    const places = new QueuePlaces(database);
    this.sessions = owned.use(new Sessions({ driver, records, places, spares, clock: new Clock(), config, log }));
    const play = playFrom(config.paths.lessonFiles);
    this.layers = owned.use(new Layers({ driver, spares, courses: () => courses, config, play, log }));
    this.mover = owned.use(new Mover({ sessions: this.sessions, spares, layers: this.layers, config, play, log }));
    this.sandboxes = sandboxes;
    this.owned = owned;
  }

  /** All of the courses have an image of this profile. */
  static async open(
    courses: readonly CourseEntry[],
    profile: Profile = 'standard',
    overrides: Partial<Config> = {},
  ): Promise<RealMover> {
    return new RealMover(await RealSandboxes.open(overrides), courses, profile);
  }

  /** Id of a learner's sandbox. */
  sandboxOf(learner: string): string {
    return this.sessions.find(learner, 'course')!.id;
  }

  /** Resolves when there are no sandboxes but learners'. */
  async settled(): Promise<void> {
    const owned = ['ada', 'ben'].filter((learner) => this.sessions.find(learner, 'course')).length;
    while ((await this.sandboxes.driver.list()).length > owned) await sleep(5);
  }

  /** Runs a script in a learner's sandbox; what it printed. */
  async run(learner: string, script: string, options: { root?: boolean } = {}): Promise<string> {
    const { out } = await this.sandboxes.run(this.sandboxOf(learner), script, options);
    return out;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.owned.disposeAsync();
  }
}

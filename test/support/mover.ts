/** A mover on a fake driver, and a look into what learners have. */
import type { CourseEntry } from '../../site/course/manifest.ts';
import { Layers } from '../../sandbox-server/lessons/layers.ts';
import { Mover, type MoverOptions } from '../../sandbox-server/lessons/move.ts';
import { FakeDriver, FakeHost } from '../../sandbox-server/sandbox/fake/driver.ts';
import type { SessionsOptions } from '../../sandbox-server/session/sessions-options.ts';
import { openDatabase } from '../../sandbox-server/store/database.ts';
import { ToyPlay } from './lesson.ts';
import { LIMITS_OF } from './limits.ts';
import { sessionsOn } from './sessions.ts';

export interface MoverParts {
  host?: FakeHost;
  driver?: FakeDriver;
  config?: Partial<SessionsOptions['config']>;
  outlet?: SessionsOptions['outlet'];
  onMoved?: MoverOptions['onMoved'];
}

export function moverOn(courses: CourseEntry[], parts: MoverParts = {}) {
  const { host = new FakeHost(['image']) } = parts;
  const { driver = new FakeDriver(host) } = parts;
  const database = openDatabase(':memory:');
  const under = sessionsOn(driver, parts.config, database, parts.outlet);
  const { sessions, spares, warnings } = under;
  const play = new ToyPlay();
  const log = { info() {}, warn: (_fields: object, text: string) => void warnings.push(text) };
  const config = { images: { image: { id: 'image', profile: 'standard' as const } }, limits: LIMITS_OF };
  const layers = new Layers({ driver, spares, courses: () => courses, config, play, log });
  const { onMoved } = parts;
  const mover = new Mover({ sessions, spares, layers, config, play, log, ...(onMoved ? { onMoved } : {}) });
  return {
    ...under,
    host,
    driver,
    database,
    play,
    layers,
    mover,
    /** Files of the learner's sandbox. */
    files: (learner: string) => host.sandboxes.get(sessions.find(learner, 'course')!.id)!.files,
  };
}

/** Visits over sandboxes in memory, whose checks run on this machine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Courses } from '../../../sandbox-server/http/courses.ts';
import type { LessonServerMessage, TaskProgress } from '../../../sandbox-server/protocol/lesson.ts';
import { BegunTasks } from '../../../sandbox-server/store/begun-tasks.ts';
import { openDatabase, type Database } from '../../../sandbox-server/store/database.ts';
import { Progress } from '../../../sandbox-server/store/progress.ts';
import { Visits } from '../../../sandbox-server/visit/visits.ts';
import { courseOf, lesson, task } from '../../support/lesson-page.ts';
import { LocalDriver } from '../../support/local-sandboxes.ts';
import { sessionsOn, type SessionsUnderTest } from '../../support/sessions.ts';

let driver: LocalDriver;
let database: Database;
let under: SessionsUnderTest;
let visits: Visits;
let told: LessonServerMessage[];
let warnings: string[];

const courses = new Courses(courseOf([lesson([task('one', '[ -e one ] || fail "There is no one."')])]));
const [course] = courses.all();

beforeEach(() => {
  driver = new LocalDriver();
  database = openDatabase(':memory:');
  told = [];
  warnings = [];
  visits = new Visits({
    onCheck: () => {},
    courses,
    progress: new Progress(database, () => 1),
    begun: new BegunTasks(database),
    find: (learner, id) => under.sessions.find(learner, id),
    connect: (id) => driver.connect(id),
    prepare: async () => {},
    begin: async () => {},
    secret: 'secret',
    now: () => Date.now(),
    log: { debug() {}, warn: (_fields, text) => void warnings.push(text) },
  });
  under = sessionsOn(driver, {}, database, undefined, (session) => visits.whileReady(session));
});
afterEach(async () => {
  visits[Symbol.dispose]();
  await under.sessions[Symbol.asyncDispose]();
  driver[Symbol.dispose]();
});

const open = () =>
  visits.open('ada', course!, course!.lessons[0]!, { tell: (message) => told.push(message), close: () => {} });
const session = () => under.sessions.open('ada', 'course', 'image');
const shown = (): TaskProgress | undefined => told.findLast((message) => message.type === 'task')?.task;

test('a check that is asked for in a frozen sandbox thaws it', async () => {
  using page = open();
  await session().ready();
  await expect.poll(shown).toMatchObject({ report: { outcome: 'not-yet' } });
  await session().freeze();
  expect(session().state).toBe('frozen');
  page.check('one');
  await expect.poll(shown).toMatchObject({ checking: false, report: { outcome: 'not-yet', asked: true } });
  expect(session().state).toBe('ready');
});

test('while the sandbox rests nothing is checked by itself, and when it is thawed all that is open is', async () => {
  using _page = open();
  await session().ready();
  await expect.poll(shown).toMatchObject({ report: { outcome: 'not-yet' } });
  await session().freeze();
  const { ran } = driver;
  writeFileSync(join(driver.home(), 'one'), '');
  visits.returned('ada', 'course');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(driver.ran).toBe(ran);
  await session().ready();
  await expect.poll(shown).toMatchObject({ state: 'done' });
});

test('a check by itself does not keep the sandbox from resting, and one that is asked for does', async () => {
  using page = open();
  await session().ready();
  await expect.poll(shown).toMatchObject({ report: { outcome: 'not-yet' } });
  under.clock.now += 60_000;
  visits.returned('ada', 'course');
  await expect.poll(() => driver.ran).toBeGreaterThanOrEqual(2);
  expect(session().idleMs).toBe(60_000);
  page.check('one');
  await expect.poll(shown).toMatchObject({ report: { asked: true } });
  expect(session().idleMs).toBeLessThan(60_000);
});

test('what is done is not told where it cannot be kept', async () => {
  using page = open();
  await session().ready();
  await expect.poll(shown).toMatchObject({ report: { outcome: 'not-yet' } });
  writeFileSync(join(driver.home(), 'one'), '');
  database.exec("CREATE TRIGGER full BEFORE INSERT ON task_progress BEGIN SELECT RAISE(FAIL, 'disk is full'); END");
  page.check('one');
  await expect.poll(shown).toMatchObject({ state: 'open', report: { outcome: 'not-run', code: 'unexpected' } });
  expect(warnings).toEqual(['a task that was done could not be noted']);
  database.exec('DROP TRIGGER full');
  page.check('one');
  await expect.poll(shown).toMatchObject({ state: 'done' });
});

test('when the last page is closed, nothing is watched or checked any more', async () => {
  const page = open();
  await session().ready();
  await expect.poll(shown).toMatchObject({ report: { outcome: 'not-yet' } });
  page[Symbol.dispose]();
  const { ran } = driver;
  visits.returned('ada', 'course');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(driver.ran).toBe(ran);
});

test('a database that cannot be read keeps a task from being checked, and ends nothing', async () => {
  using page = open();
  await session().ready();
  await expect.poll(shown).toMatchObject({ report: { outcome: 'not-yet' } });
  database.exec('ALTER TABLE task_progress RENAME TO away');
  const { ran } = driver;
  page.check('one');
  await expect.poll(() => warnings).toContain('what follows for a lesson’s tasks did not come about');
  expect(driver.ran).toBe(ran);
  database.exec('ALTER TABLE away RENAME TO task_progress');
  page.check('one');
  await expect.poll(shown).toMatchObject({ checking: false, report: { outcome: 'not-yet', asked: true } });
});

test('a database that takes nothing costs no more than what was to be noted', async () => {
  using page = open();
  await session().ready();
  await expect.poll(shown).toMatchObject({ report: { outcome: 'not-yet' } });
  database.exec('PRAGMA query_only = ON');
  page.reading({ anchor: 'there', offset: 12 });
  page[Symbol.dispose]();
  expect(warnings).toContain('where a learner reads could not be noted');
  using _again = session().view();
  expect(under.warnings).toContain('that somebody is here could not be noted');
});

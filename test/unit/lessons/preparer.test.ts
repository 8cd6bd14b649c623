import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeDriver, FakeHost } from '../../../sandbox-server/sandbox/fake/driver.ts';
import { BROKEN_ARCHIVE } from '../../../sandbox-server/sandbox/fake/init.ts';
import { LessonPreparer } from '../../../sandbox-server/lessons/preparer.ts';
import { openDatabase } from '../../../sandbox-server/store/database.ts';
import { PreparedLessons } from '../../../sandbox-server/store/prepared-lessons.ts';
import type { LessonEntry, ScriptStep, TaskEntry } from '../../../site/course/manifest.ts';
import { sessionsOn } from '../../support/sessions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const script = (text: string): ScriptStep => ({
  kind: 'script',
  place: 'lessons/course/01-lesson/index.md:7',
  text,
  user: 'root',
  timeoutMs: 1000,
});

const task = (id: string, setup: string): TaskEntry => ({
  id,
  title: id,
  kind: 'task',
  needs: [],
  check: script('exit 1'),
  setup: [script(setup)],
  live: [],
  solve: [],
  hints: 0,
});

const LESSON: LessonEntry = {
  id: '01-lesson',
  slug: 'lesson',
  title: 'A lesson',
  terminals: ['main'],
  version: 'v1',
  files: null,
  setup: null,
  tasks: [],
  quizzes: [],
};

async function running() {
  const host = new FakeHost();
  const database = openDatabase(':memory:');
  const { sessions, clock } = sessionsOn(new FakeDriver(host), {}, database);
  const filesFolder = temporaryFolder();
  const warnings: object[] = [];
  const preparer = new LessonPreparer({
    prepared: new PreparedLessons(database),
    filesFolder,
    now: () => clock.now,
    log: { info() {}, warn: (fields) => void warnings.push(fields) },
  });
  const session = sessions.open('ada', 'course', 'image');
  await session.ready();
  const files = () => host.sandboxes.get(session.id)!.files;
  const archive = (name: string, holds: string) => {
    mkdirSync(filesFolder, { recursive: true });
    writeFileSync(join(filesFolder, name), holds);
    return name;
  };
  return { sessions, session, preparer, clock, files, archive, warnings };
}

test('files come first, then setup.sh, then what the first task begins with; once for each version', async () => {
  const { session, preparer, files, archive } = await running();
  const lesson = {
    ...LESSON,
    files: archive('a.tar', 'page'),
    setup: script('cat page\necho from setup > setup'),
    tasks: [task('one', 'cat setup\necho from one > one'), task('two', 'echo two > two')],
  };
  let works = 0;
  const prepare = (version: string) => preparer.prepare(session, { ...lesson, version }, () => works++);
  await Promise.all([prepare('v1'), prepare('v1')]);
  expect(Object.fromEntries(files())).toEqual({ page: 'laid\n', setup: 'from setup\n', one: 'from one\n' });
  expect(works).toBe(2);
  files().delete('one');
  await prepare('v1');
  expect(files().has('one')).toBe(false);
  expect(works).toBe(2);
  await prepare('v2');
  expect(files().has('one')).toBe(true);
});

test('a lesson that needs nothing is prepared without asking anybody', async () => {
  const { session, preparer } = await running();
  await session.stop('restart');
  await preparer.prepare(session, LESSON, () => expect.unreachable());
  expect(session.state).toBe('stopped');
});

test('another sandbox of the learner is prepared anew', async () => {
  const { sessions, session, preparer, files } = await running();
  const lesson = { ...LESSON, setup: script('echo x > setup') };
  await preparer.prepare(session, lesson);
  const other = sessions.open('ben', 'course', 'image');
  await other.ready();
  let works = 0;
  await preparer.prepare(other, lesson, () => works++);
  expect(works).toBe(1);
  expect(files().get('setup')).toBe('x\n');
});

test.each([
  ['its setup.sh', { setup: script('echo half > half\nexit 3') }, /index\.md:7: the script ended with 3/],
  ['its files', { files: BROKEN_ARCHIVE }, /01-lesson\/files: the files could not be laid/],
])('where %s fails, the author’s fault is told with its place, and it is not tried at once again', async (...given) => {
  const [, part, told] = given;
  const { session, preparer, clock, warnings, archive, files } = await running();
  archive(BROKEN_ARCHIVE, BROKEN_ARCHIVE);
  const lesson = { ...LESSON, ...part };
  const fault = { code: 'lesson-broken', detail: expect.stringMatching(told) };
  await expect(preparer.prepare(session, lesson)).rejects.toMatchObject(fault);
  expect(warnings).toEqual([{ sandbox: session.id, fault: expect.stringMatching(told) }]);
  await expect(preparer.prepare(session, lesson, () => expect.unreachable())).rejects.toMatchObject(fault);
  clock.now += 61_000;
  files().clear();
  await expect(preparer.prepare(session, lesson)).rejects.toMatchObject(fault);
  expect(warnings).toHaveLength(2);
  await preparer.prepare(session, { ...lesson, version: 'mended', setup: null, files: null });
});

test('lessons and beginnings of tasks are done one after the other in one sandbox', async () => {
  const { session, preparer, files } = await running();
  const append = (name: string) => ({ ...LESSON, slug: name, setup: script(`cat ${name}\necho ${name} > last`) });
  await Promise.all([
    preparer.prepare(session, append('a')),
    preparer.prepare(session, append('b')),
    preparer.begin(session, [task('three', 'echo c > last')]),
  ]);
  expect(files().get('last')).toBe('c\n');
  await expect(preparer.begin(session, [task('four', 'exit 1')])).rejects.toMatchObject({ code: 'lesson-broken' });
});

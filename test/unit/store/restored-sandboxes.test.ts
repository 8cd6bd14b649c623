import { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { makeBackup } from '../../../sandbox-server/store/backup/make.ts';
import { putBack, type PutBack } from '../../../sandbox-server/store/backup/put-back.ts';
import { takeIn } from '../../../sandbox-server/store/backup/take-in.ts';
import { openDatabase } from '../../../sandbox-server/store/database.ts';
import { Learners } from '../../../sandbox-server/store/learners.ts';
import { PreparedLessons } from '../../../sandbox-server/store/prepared-lessons.ts';
import { QueuePlaces } from '../../../sandbox-server/store/queue-places.ts';
import { RegistryUsage } from '../../../sandbox-server/store/registry-usage.ts';
import { SandboxRecords } from '../../../sandbox-server/store/sandbox-records.ts';
import { SpareRecords } from '../../../sandbox-server/store/spare-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
let backup: string;

interface Store extends Disposable {
  learners: Learners;
  records: SandboxRecords;
  spares: SpareRecords;
  prepared: PreparedLessons;
  places: QueuePlaces;
  usage: RegistryUsage;
}

function store(at: number): Store {
  const database = openDatabase(join(folder, 'slipway.db'));
  const now = () => at;
  return {
    learners: new Learners(database, now),
    records: new SandboxRecords(database, now),
    spares: new SpareRecords(database, now),
    prepared: new PreparedLessons(database),
    places: new QueuePlaces(database),
    usage: new RegistryUsage(database, now),
    [Symbol.dispose]: () => database.close(),
  };
}

const box = (id: string, learner: string) =>
  ({ id, learner, course: 'course', image: 'image', profile: 'standard' }) as const;
const LESSON = { slug: 'lesson', version: 'v1' } as Parameters<PreparedLessons['add']>[1];

/** Ada and Ben have a sandbox each, and one is being made for Cyd. */
beforeEach(async () => {
  folder = join(temporaryFolder(), 'gateway');
  mkdirSync(folder);
  backup = join(folder, '..', 'slipway.backup');
  {
    using then = store(1000);
    for (const id of ['ada', 'ben', 'cyd']) then.learners.create(id);
    then.records.create(box('ada-1', 'ada'));
    then.records.noteEnd('ada-1', 5000);
    then.records.create(box('ben-1', 'ben'));
    then.spares.add('cyd-1');
    then.places.add('cyd', 900);
  }
  await makeBackup(folder, backup, () => {});
});

/** Since then Ada was given another one, Cyd has got the one that was made, and Dan has come. */
function goOn(): void {
  using later = store(2000);
  later.spares.add('ada-2');
  later.records.replace('ada-1', { id: 'ada-2', image: 'image', profile: 'standard' });
  later.records.create(box('cyd-1', 'cyd'));
  later.spares.delete('cyd-1');
  later.prepared.add('cyd-1', LESSON);
  later.usage.put({ sandbox: 'cyd-1', repository: 'cyd-1/a', digest: 'd' }, 100_000);
  later.learners.create('dan');
  later.records.create(box('dan-1', 'dan'));
  later.usage.put({ sandbox: 'dan-1', repository: 'dan-1/a', digest: 'd' }, 100_000);
}

async function restore(): Promise<PutBack> {
  return putBack(folder, await takeIn(folder, backup, () => {}));
}

const owners = ({ records }: Store) =>
  Object.fromEntries(
    records
      .all()
      .map(({ learner, id }) => [learner, id])
      .sort(),
  );

test('learners are the backup’s, and who of them has which sandbox is what the replaced database said', async () => {
  goOn();
  expect((await restore()).adopted).toEqual({ sandboxes: 2, orphans: 1 });
  using now = store(3000);
  expect(now.learners.count()).toBe(3);
  expect(owners(now)).toEqual({ ada: 'ada-2', ben: 'ben-1', cyd: 'cyd-1' });
  // The one that Ada had before is still to be removed; what Dan left is not.
  expect(now.spares.all()).toEqual(['ada-1']);
  expect(now.prepared.has('cyd-1', LESSON)).toBe(true);
  expect(now.usage.sandboxes()).toEqual(['cyd-1']);
  expect(now.places.all()).toEqual([]);
});

test('where the replaced database is damaged the backup’s word stands, and nothing is to be removed', async () => {
  goOn();
  truncateSync(join(folder, 'slipway.db'), 5000);
  const damaged = readFileSync(join(folder, 'slipway.db'));
  const { adopted, kept } = await restore();
  expect(adopted).toBeUndefined();
  expect(readFileSync(kept!)).toEqual(damaged);
  using now = store(3000);
  expect(owners(now)).toEqual({ ada: 'ada-1', ben: 'ben-1' });
  expect(now.spares.all()).toEqual([]);
});

test('commits that lie beside a damaged database go with it, and are not taken for the backup’s', async () => {
  const copy = join(folder, '..', 'copy');
  {
    using _open = store(2000);
    goOn();
    cpSync(folder, copy, { recursive: true });
  }
  for (const name of ['slipway.db', 'slipway.db-wal']) cpSync(join(copy, name), join(folder, name));
  const commits = readFileSync(join(folder, 'slipway.db-wal'));
  expect(commits.length).toBeGreaterThan(0);
  writeFileSync(join(folder, 'slipway.db'), 'no database'.repeat(1000));
  const { kept } = await restore();
  expect(readFileSync(`${kept}-wal`)).toEqual(commits);
  using now = store(3000);
  expect(owners(now)).toEqual({ ada: 'ada-1', ben: 'ben-1' });
});

test('commits beside an emptied database are deleted by no backup and no restore', async () => {
  const copy = join(folder, '..', 'copy');
  {
    using _open = store(2000);
    goOn();
    cpSync(folder, copy, { recursive: true });
  }
  const [emptied, commits] = [join(copy, 'slipway.db'), readFileSync(join(copy, 'slipway.db-wal'))];
  truncateSync(emptied);
  const refused = /is empty, and the file beside it has commits/;
  await expect(makeBackup(copy, join(folder, '..', 'another'), () => {})).rejects.toThrow(refused);
  await expect(takeIn(folder, emptied, () => {})).rejects.toThrow(refused);
  expect(() => openDatabase(emptied)).toThrow(refused);
  expect(readFileSync(`${emptied}-wal`)).toEqual(commits);
});

test('nobody’s files are too old because the backup is', async () => {
  truncateSync(join(folder, 'slipway.db'), 0);
  const before = Date.now();
  await restore();
  using now = store(3000);
  for (const { seenAt, endsAt } of now.records.all()) {
    expect(seenAt).toBeGreaterThanOrEqual(before);
    expect(endsAt).toBeNull();
  }
});

test('while another program has the database open nothing is put in its place, and nothing is lost', async () => {
  goOn();
  using other = store(2500);
  await expect(restore()).rejects.toThrow(/Another program holds the database/);
  other.learners.create('eve');
  expect(other.learners.count()).toBe(5);
});

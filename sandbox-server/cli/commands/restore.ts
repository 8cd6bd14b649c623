import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type PutBack, putBack } from '../../store/backup/put-back.ts';
import { BackupRefused, forget, type TakenIn, takeIn } from '../../store/backup/take-in.ts';
import { DATABASE_FILE } from '../../store/files.ts';
import { latestSchema } from '../../store/schema.ts';
import { aloneWith } from '../backup/alone.ts';
import { backupAt, gatewayFolderIn } from '../backup/places.ts';
import { contentsText, failureOf, secretsText } from '../backup/words.ts';
import type { Command, CommandContext } from '../command.ts';
import { confirm } from '../confirm.ts';
import { Failure, type Report } from '../plain/report.mjs';

export const command: Command = {
  name: 'restore',
  summary:
    'Puts a backup in the place of the database of a server that does not run; asks, and keeps what it replaces.',
  takes: 'FILE',
  flags: { '--yes': 'Do not ask.' },
  run: restore,
};

async function restore({ settings, host, report, flags, args }: CommandContext): Promise<number> {
  const folder = gatewayFolderIn(settings.data);
  const file = backupAt(args[0]!, host.cwd, folder);
  if (!existsSync(folder)) {
    throw new Failure({
      what: `There is no data of a server in ${settings.data}.`,
      mend: 'Name its data folder with --data; on a new machine set it up first: `slipway prepare`.',
    });
  }
  using _alone = await aloneWith(settings);
  const notPut = `${file} was not put back; nothing was changed.`;
  try {
    const taken = await report.stage('Backup', async ({ progress, result }) => {
      const taken = await takeIn(folder, file, (done) => progress('Reading it', done));
      result(madeText(taken));
      return taken;
    });
    tell(taken, report);
    if (!flags.has('--yes')) await ask(folder, report);
    const done = await report.stage('Restore', async ({ result }) => {
      const done = putBack(folder, taken);
      result(`${join(folder, DATABASE_FILE)} is the backup’s`);
      return done;
    });
    tellDone(done, settings.data, report);
  } catch (error) {
    if (!(error instanceof BackupRefused)) throw failureOf(error, notPut, folder);
    throw new Failure({ what: notPut, why: error.message, mend: error.mend }, { cause: error });
  } finally {
    forget(folder);
  }
  return 0;
}

const madeText = ({ madeAt }: TakenIn) =>
  madeAt === undefined ? 'a bare copy of a database, whole' : `made at ${new Date(madeAt).toISOString()}, whole`;

function tell({ contents, schema, secrets }: TakenIn, report: Report): void {
  const names = Object.keys(secrets) as (keyof typeof secrets)[];
  report.note(`  In it: ${[contentsText(contents), secretsText(names)].filter(Boolean).join('; ')}.`);
  if (names.length === 0) report.note('  It has no secrets in it: those that are here stay.');
  if (schema < latestSchema())
    report.note(`  Its schema is version ${schema}; what is put in place is brought to ${latestSchema()}.`);
}

async function ask(folder: string, report: Report): Promise<void> {
  const database = join(folder, DATABASE_FILE);
  if (!existsSync(database)) return;
  const what = `What learners did since the backup would be gone from ${database}.`;
  const orElse = 'If that is meant: --yes';
  await confirm({ what, why: 'It is kept beside.', word: 'restore', orElse, report });
}

function tellDone({ kept, adopted, sandboxes }: PutBack, data: string, report: Report): void {
  if (kept) report.note(`  The replaced database is ${kept}; remove it when you are sure.`);
  if (kept && !adopted)
    report.warn('It cannot be read any more: who has which sandbox is as it was at the time of the backup.');
  if (adopted && adopted.sandboxes > 0)
    report.note(`  Sandboxes that learners got since the backup, and still have: ${adopted.sandboxes}.`);
  if (adopted && adopted.orphans > 0)
    report.warn(
      `Sandboxes of learners who came after the backup: ${adopted.orphans}. Their files are kept, and nobody has them.`,
    );
  const disks = join(data, 'supervisor', 'sandboxes');
  const without = sandboxes.filter((id) => !existsSync(join(disks, id))).length;
  if (without > 0)
    report.warn(
      `Of its sandboxes (${sandboxes.length}) without a disk in ${disks}: ${without}. Their learners get new ones at the next ` +
        'start: to move disks here, do it before (docs/backup.md).',
    );
  report.note('  Learners’ files are as they were. Now start the server; its log says what it finds, a line each.');
}

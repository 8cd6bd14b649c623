import { realpathSync } from 'node:fs';
import { sep } from 'node:path';

import { makeBackup } from '../../store/backup/make.ts';
import { sourceIn, targetOf } from '../backup/places.ts';
import { contentsText, failureOf, secretsText } from '../backup/words.ts';
import { workOf } from '../clean/work.ts';
import type { Command, CommandContext } from '../command.ts';
import { sizeText } from '../doctor/probe.ts';
import type { Report } from '../plain/report.mjs';

export const command: Command = {
  name: 'backup',
  summary: 'Writes the database, with the secrets that belong to it, into one file; also while the server runs.',
  takes: 'FILE',
  flags: { '--force': 'Replace FILE if there is one.' },
  run: backup,
};

async function backup({ settings, host, report, flags, args }: CommandContext): Promise<number> {
  const { data } = settings;
  const source = sourceIn(data);
  const target = targetOf(args[0]!, host.cwd, source, flags.has('--force'));
  const made = await report.stage('Backup', async ({ progress, result }) => {
    try {
      const made = await makeBackup(source, target, (done) => progress('Copying the database', done));
      result(`${target}, ${sizeText(made.bytes)}, read again and found whole`);
      return made;
    } catch (error) {
      throw failureOf(error, `${target} was not written.`, target);
    }
  });
  const { contents, schema, secrets } = made;
  report.note(
    `  In it: ${[contentsText(contents), secretsText(secrets)].filter(Boolean).join('; ')}. Schema version ${schema}.`,
  );
  await tellWhatIsNot(data, report);
  report.note('  Keep it as you keep a password: with it one can be any learner.');
  if (`${target}${sep}`.startsWith(`${realpathSync(data)}${sep}`))
    report.warn(`It lies in ${data}: what takes that away takes the backup with it.`);
  return 0;
}

async function tellWhatIsNot(data: string, report: Report): Promise<void> {
  const { disks, size } = await workOf(data);
  const what = disks === 0 ? 'There are none now.' : `${disks} of them now, ${size}.`;
  report.note(
    `  Not in it: learners’ files, which are on disks in ${data}/supervisor/sandboxes. ${what}\n` +
      '  How these are copied, with the server stopped: docs/backup.md.',
  );
}

/**
 * The process that makes the pages of the author's desk: `main.ts LESSONS FOLDER WORK`, with an IPC channel. It ends with
 * its parent, with 0 after mistakes of the author's in the first build, and with 1 where its own work fails: the parent
 * starts another.
 */
import { Desk } from './desk.ts';
import type { DeskMessage, DeskRequest } from './messages.ts';

const [lessons, folder, work] = process.argv.slice(2);
if (!lessons || !folder || !work) throw new Error('run by `slipway dev`: main.ts LESSONS FOLDER WORK');
// The gateway, which reads what is written here, is another user.
process.umask(0o022);
// The site's build asks for it there (site/lessons-folder.ts).
process.env['SLIPWAY_LESSONS'] = lessons;
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});

const desk = new Desk({
  root: new URL('../../', import.meta.url),
  lessons,
  folder,
  work,
  tell: (message: DeskMessage) => process.send?.(message),
});
if (!(await desk.build())) process.disconnect?.();
else process.on('message', ({ type }: DeskRequest) => type === 'look' && desk.look());

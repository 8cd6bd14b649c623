/** Who has which sandbox, and what it uses. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sandboxList, serverInfo } from '../../operator/shapes.ts';
import type { Command, CommandContext } from '../command.ts';
import { Server } from '../operate/ask-server.ts';
import { lengthThatTells } from '../operate/choose.ts';
import { endWithReader, outputWidth, print } from '../operate/output.ts';
import { attentionOf, columnsOf, isUp, rowsOf } from '../operate/sandboxes.ts';
import { tableOf } from '../operate/table.ts';

export const command: Command = {
  name: 'ps',
  summary: 'Shows the sandboxes of a running server: whose, in which state, what they use.',
  flags: {
    '--all': 'Those too that do not run, whose files are kept.',
    '--json': 'One JSON object a line, with all that is known.',
  },
  run: ps,
};

/** Between two looks, in milliseconds: how busy a sandbox is shows only over time. */
const LOOK_MS = 500;

async function ps({ root, settings, flags, report }: CommandContext): Promise<number> {
  endWithReader();
  const server = new Server(settings, root);
  const [before, { unready }] = await Promise.all([
    server.ask(sandboxList, 'GET', '/sandboxes'),
    server.ask(serverInfo, 'GET', '/server'),
  ]);
  // Where nothing is known the supervisor is away, and a second look would take as long as the first.
  const known = before.sandboxes.some(({ cpuMicroseconds }) => cpuMicroseconds !== null);
  if (known) await sleep(LOOK_MS);
  const list = known ? await server.ask(sandboxList, 'GET', '/sandboxes') : before;
  const all = rowsOf(before, list);
  const rows = flags.has('--all') ? all : all.filter(isUp);
  if (flags.has('--json')) {
    print(
      rows.map(({ busy, ...row }) =>
        JSON.stringify({ ...row, cpu: busy ?? null, attention: attentionOf({ ...row, busy }) }),
      ),
    );
    return 0;
  }
  if (unready.length > 0) report.warn(`The server is not ready: ${unready.join(', ')}.`);
  const stopped = all.length - rows.length;
  const hint = stopped > 0 ? ` ${stopped} that ${stopped === 1 ? 'does' : 'do'} not run: --all.` : '';
  if (rows.length === 0) {
    report.note(flags.has('--all') ? 'There is no sandbox.' : `No sandbox runs.${hint}`);
    return 0;
  }
  const columns = columnsOf(lengthThatTells(all.map(({ id }) => id)), list.at);
  const { id, learner, course, state, since, cpu, memory, disk, terminals, viewers, image } = columns;
  const { lines, left } = tableOf(
    [id, learner, state, since, cpu, memory, terminals, viewers, course, disk, image],
    rows,
    outputWidth(),
  );
  print(lines);
  if (left.length > 0) report.note(report.paint('2', `Too narrow for ${left.join(', ')}.`));
  return 0;
}

/** Ends sandboxes, or removes them with their files; their learners are told that the operator did. */
import { ConfigProblem } from '../../config.ts';
import {
  said,
  sandboxList,
  stopAnswer,
  type SandboxInfo,
  type StopOutcome,
  type StopRequest,
} from '../../operator/shapes.ts';
import { MOST_SAID_BYTES } from '../../session/stop-reason.ts';
import type { Command, CommandContext } from '../command.ts';
import { confirm } from '../confirm.ts';
import { sizeText } from '../doctor/probe.ts';
import { Server } from '../operate/ask-server.ts';
import { chooseId, lengthThatTells } from '../operate/choose.ts';
import { endWithReader, print } from '../operate/output.ts';
import { isUp } from '../operate/sandboxes.ts';
import { Failure, type Report } from '../plain/report.mjs';

export const command: Command = {
  name: 'stop',
  summary: 'Stops sandboxes of a running server and keeps their files; or removes them.',
  takes: '[ID]...',
  options: {
    '--say': { value: 'TEXT', doc: `Words to the learners, which their pages show: at most ${MOST_SAID_BYTES} bytes.` },
  },
  flags: {
    '--all': 'Every sandbox that runs; with --remove, every sandbox.',
    '--remove': 'Delete their files too: what learners did in them is lost.',
    '--yes': 'Do not ask.',
  },
  run: stop,
};

const OUTCOMES: Record<StopOutcome, string> = {
  stopped: 'stopped; its files are kept',
  'left-queue': 'waits no longer; it did not run',
  'did-not-run': 'did not run',
  destroyed: 'removed, with its files',
};

async function stop({ root, settings, flags, options, args, report }: CommandContext): Promise<number> {
  const [all, remove] = [flags.has('--all'), flags.has('--remove')];
  if (all && args.length > 0) throw new ConfigProblem('slipway stop takes ids or --all, not both.');
  if (!all && args.length === 0)
    throw new ConfigProblem('slipway stop needs an ID, as `slipway ps` shows it, or --all.');
  const words = wordsOf(options.get('--say'));
  endWithReader();
  const server = new Server(settings, root);
  const { sandboxes } = await server.ask(sandboxList, 'GET', '/sandboxes');
  const ids = sandboxes.map(({ id }) => id);
  // Nothing is stopped where one of them is not clear.
  const named = new Set(args.map((given) => chooseId(ids, given)));
  const chosen = sandboxes.filter((each) => (all ? remove || isUp(each) : named.has(each.id)));
  if (chosen.length === 0) {
    report.note(remove ? 'There is no sandbox.' : 'No sandbox runs.');
    return 0;
  }
  if (!flags.has('--yes') && (all || remove)) await ask(chosen, remove, report);
  const request: StopRequest = { destroy: remove, ...(words !== undefined && { said: words }) };
  const length = lengthThatTells(ids);
  let failed = 0;
  for (const { id } of chosen) {
    try {
      const { outcome } = await server.ask(stopAnswer, 'POST', `/sandboxes/${id}/stop`, request);
      print([`${id.slice(0, length)}  ${OUTCOMES[outcome]}`]);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed++;
      report.warn(
        `${id.slice(0, length)} was not ${remove ? 'removed' : 'stopped'}, as far as is known. ${error.what} ${error.why}`.trimEnd(),
      );
    }
  }
  return failed > 0 ? 1 : 0;
}

function wordsOf(text: string | undefined): string | undefined {
  const { success, error } = said.optional().safeParse(text);
  if (success) return text;
  throw new ConfigProblem(`--say: ${JSON.stringify(text)} cannot be said. Allowed: ${error.issues[0]!.message}.`);
}

async function ask(chosen: readonly SandboxInfo[], remove: boolean, report: Report): Promise<void> {
  const bytes = chosen.reduce((sum, { diskBytes }) => sum + (diskBytes ?? 0), 0);
  const what = chosen.length === 1 ? 'the sandbox' : `${chosen.length} sandboxes`;
  const lost = `The files of ${what} will be deleted, ${sizeText(bytes)}: what ${chosen.length === 1 ? 'its learner' : 'their learners'} did there is lost.`;
  const ended = `All programs in ${what} will end; the files are kept.`;
  await confirm({
    what: remove ? lost : ended,
    word: remove ? 'remove' : 'stop',
    orElse: 'If that is meant, add --yes.',
    report,
  });
}

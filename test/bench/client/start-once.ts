/** One learner's start, as each of its moments is seen from outside. */
import type { StartStage } from '../../../sandbox-server/protocol/messages.ts';
import { figure, type Figure } from '../figure.ts';
import { Learner } from './learner.ts';
import { PROMPT } from './terminal.ts';

/** Not in the shell's echo of the command, so it is the answer. */
const COMMAND = 'echo $((6*7))\n';
const ANSWER = '42';

/** Milliseconds from the request to each moment of a start. */
export type Moments = Record<'cookie' | 'open' | StartStage | 'attached' | 'prompt' | 'answer', number>;

const STEPS: [from: keyof Moments | undefined, to: keyof Moments, what: string][] = [
  [undefined, 'cookie', 'POST /api/session'],
  ['cookie', 'open', 'WebSocket handshake'],
  ['open', 'container', 'disk made'],
  ['container', 'shell', 'container started, init answers'],
  ['shell', 'prompt', 'shell started, prompt'],
  ['prompt', 'answer', 'command typed, answer'],
];

/** How long each part of starts took. */
export function stepFigures(name: string, starts: readonly Moments[]): Figure[] {
  return STEPS.map(([from, to, what]) =>
    figure(
      `${name}-${to}`,
      `  ${what}`,
      'ms',
      starts.map((each) => each[to] - (from ? each[from] : 0)),
    ),
  );
}

/** `gone`: called when the answer was there and the terminal is closed. */
export async function startOnce(url: string, gone?: (learner: Learner) => Promise<void>): Promise<Moments> {
  const moments: Partial<Moments> = {};
  const began = performance.now();
  const note = (name: keyof Moments, at = performance.now()) => (moments[name] = at - began);
  const learner = await Learner.arrive(url);
  note('cookie');
  {
    await using terminal = await learner.open({
      heard: (message) => {
        if (message.type === 'starting') note(message.stage);
        // One that waited has neither a disk to make nor a container to start.
        if (moments.shell !== undefined) moments.container ??= moments.shell;
        if (message.type === 'attached') note('attached');
      },
    });
    note('open');
    note('prompt', await terminal.sees(PROMPT));
    const answered = terminal.sees(ANSWER);
    terminal.type(COMMAND);
    note('answer', await answered);
  }
  await gone?.(learner);
  return moments as Moments;
}

/** The machine and its sandboxes, live. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sandboxList, serverInfo } from '../../operator/shapes.ts';
import type { Command, CommandContext } from '../command.ts';
import { Server } from '../operate/ask-server.ts';
import { HostProcessors } from '../operate/host-processors.ts';
import { endWithReader, outputWidth, print } from '../operate/output.ts';
import { rowsOf, type SandboxList } from '../operate/sandboxes.ts';
import { Screen } from '../operate/screen.ts';
import { type Moment, snapshot } from '../operate/snapshot.ts';
import { Failure } from '../plain/report.mjs';
import { signalled } from '../serve/serve.ts';

export const command: Command = {
  name: 'top',
  summary: 'Shows a running server’s machine and sandboxes, the busiest first, until q or Ctrl-C.',
  flags: { '--once': 'Show it once; so too where the output is no terminal.' },
  run: top,
};

/** Between two looks, in milliseconds; and before the first that is shown, since how busy things are shows over time. */
const LOOK_MS = 2000;
const FIRST_LOOK_MS = 500;

async function top({ root, settings, flags }: CommandContext): Promise<number> {
  endWithReader();
  const watch = new Watch(new Server(settings, root));
  await watch.look();
  await sleep(FIRST_LOOK_MS);
  const first = await watch.look();
  if (flags.has('--once') || !process.stdout.isTTY) {
    print(snapshot(first, outputWidth()));
    return 0;
  }
  await live(watch, first);
  return 0;
}

async function live(watch: Watch, first: Moment): Promise<void> {
  const { stdin, stdout } = process;
  const asked = new AbortController();
  const signal = AbortSignal.any([signalled(), asked.signal]);
  using screen = new Screen(stdout, stdin.isTTY ? stdin : undefined, () => asked.abort());
  let lines = (width: number) => snapshot(first, width);
  const draw = () => screen.draw(lines(outputWidth()));
  stdout.on('resize', draw);
  draw();
  while (await passes(LOOK_MS, signal)) {
    try {
      const moment = await watch.look();
      lines = (width) => snapshot(moment, width);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // It may be on its way back: a restart takes a second.
      const { what, why } = error;
      lines = (width) => [what, ...why.split('\n'), 'It is asked again every 2 s.'].map((line) => line.slice(0, width));
    }
    if (!signal.aborted) draw();
  }
  stdout.off('resize', draw);
}

/** False: it was aborted meanwhile. */
function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

class Watch {
  private readonly server: Server;
  private readonly processors = new HostProcessors();
  private before: SandboxList | undefined;

  constructor(server: Server) {
    this.server = server;
  }

  async look(): Promise<Moment> {
    const [server, list] = await Promise.all([
      this.server.ask(serverInfo, 'GET', '/server'),
      this.server.ask(sandboxList, 'GET', '/sandboxes'),
    ]);
    const rows = rowsOf(this.before, list);
    this.before = list;
    return { server, rows, busy: this.processors.busy() };
  }
}

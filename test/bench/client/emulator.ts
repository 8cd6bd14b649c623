/** xterm's parser and buffer without a screen, with the scrollback that the page keeps. */
import headless from '@xterm/headless';
import { SCROLLBACK_LINES } from '../../../sandbox-server/protocol/limits.ts';

export type Emulator = InstanceType<typeof headless.Terminal>;

export function newEmulator(size: { columns: number; rows: number }): Emulator {
  const { columns: cols, rows } = size;
  return new headless.Terminal({ cols, rows, scrollback: SCROLLBACK_LINES, allowProposedApi: true });
}

/** Resolves when all that was written so far has been parsed. */
export function written(emulator: Emulator): Promise<void> {
  return new Promise((resolve) => emulator.write('', resolve));
}

import { parseFence } from './fence.ts';
import type { FencedBlock } from './fenced-block.ts';
import type { Mistake } from './problem.ts';
import type { PlacedMistake, ReadFence } from './task-parts.ts';

/** Reads the fences of a lesson, in the order of the text. `unread` are those with mistakes. */
export function readFences(
  blocks: readonly FencedBlock[],
  terminals: readonly string[],
): { read: ReadFence[]; unread: FencedBlock[]; mistakes: PlacedMistake[] } {
  const unread: FencedBlock[] = [];
  const read: ReadFence[] = [];
  const mistakes: PlacedMistake[] = [];
  // What cannot be read may have been a command.
  let before: ReadFence['fence'] | 'unread' | undefined;
  for (const block of blocks) {
    const parsed = parseFence(block.language, block.meta, terminals);
    if ('mistakes' in parsed) {
      mistakes.push(...parsed.mistakes.map((mistake) => ({ ...mistake, from: block })));
      unread.push(block);
      before = 'unread';
      continue;
    }
    const { fence } = parsed;
    if (/^:{3,}$/.test(block.text.trim()) && block.first === block.line) {
      mistakes.push({ ...endAsCode, from: block });
      continue;
    }
    read.push({ block, fence });
    if (fence.kind === 'output' && printsNothing(before)) mistakes.push({ ...outputOfNothing, from: block });
    if (fence.kind === 'command' && block.text.trim() === '') mistakes.push({ ...emptyCommand, from: block });
    before = fence;
  }
  return { read, unread, mistakes };
}

const printsNothing = (before: ReadFence['fence'] | 'unread' | undefined) =>
  before === undefined || (before !== 'unread' && ['check', 'setup', 'live'].includes(before.kind));

const endAsCode: Mistake = {
  what: 'the end of a block is indented so far that it is read as code',
  expected: 'colons that are indented no further than the line that opens the block',
  mend: 'Take the spaces away, and leave an empty line above where a list stands before it.',
};

const outputOfNothing: Mistake = {
  what: 'an "output" block without a command before it',
  expected: 'the command in a block above, what it prints in the "output" block',
  mend: 'Write the command above it, or "text" in place of "output".',
};

const emptyCommand: Mistake = {
  word: 'run',
  what: 'a "run" block without a command',
  expected: 'at least one command',
  mend: 'Write it, or remove the block.',
};

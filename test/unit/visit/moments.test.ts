import { expect, test } from 'vitest';
import type { WatchEvent } from '../../../sandbox-server/sandbox/init/watch.ts';
import { Moments } from '../../../sandbox-server/visit/moments.ts';

const TERMINAL = 'main';
const ended = (terminal = TERMINAL): WatchEvent => ({ type: 'command-ended', terminal, status: 0 });
const prompt = (waiting: boolean, sure = true, terminal = TERMINAL): WatchEvent => ({
  type: 'prompt',
  terminal,
  waiting,
  sure,
});

/** Which of the events are moments. */
function momentsOf(events: WatchEvent[]): boolean[] {
  const moments = new Moments();
  return events.map((event) => moments.isOne(event));
}

test('a command’s end is one, and the prompt that follows it is none besides', () => {
  expect(momentsOf([prompt(false), ended(), prompt(true)])).toEqual([false, true, false]);
});

test('the prompt of a shell that was started as a command is one', () => {
  expect(momentsOf([prompt(false), ended(), prompt(true), prompt(false), prompt(true)])).toEqual([
    false,
    true,
    false,
    false,
    true,
  ]);
});

test('a prompt that no mark tells is one each time', () => {
  const session = [prompt(false, false), prompt(true, false)];
  expect(momentsOf([...session, ...session])).toEqual([false, true, false, true]);
});

test('terminals do not answer for one another', () => {
  expect(momentsOf([ended('main'), prompt(true, true, 'second')])).toEqual([true, true]);
});

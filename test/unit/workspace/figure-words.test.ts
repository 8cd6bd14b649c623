import { expect, test } from 'vitest';
import type { FigureView, PictureBox } from '../../../sandbox-server/protocol/figure.ts';
import type { LiveState } from '../../../site/workspace/lesson-live.ts';
import {
  boxName,
  countWords,
  engineWords,
  memoryWords,
  moreWords,
  namespacesOf,
  processorWords,
  sharedWords,
  stateWords,
} from '../../../site/workspace/figure-words.ts';

const MIB = 1024 * 1024;
const TODAY = new Date().setHours(10, 31);

const box = (more: Partial<PictureBox>): PictureBox => ({ own: {}, processes: [], boxes: [], ...more });

test('use is told in words, with its limit where it has one', () => {
  expect(memoryWords(46.4 * MIB, 512 * MIB)).toBe('46 of 512 MiB');
  expect(memoryWords(46 * MIB, 0)).toBe('46 MiB');
  expect(countWords(3, 512)).toBe('3 of 512');
  expect([0, 5, 100, 250].map(processorWords)).toEqual(['idle', '0.05 of one', '1.00 of one', '2.50 of one']);
});

test('an engine runs since a time, or not', () => {
  expect(engineWords({ since: null })).toBe('not running; it starts when it is first used');
  expect(engineWords({ since: TODAY })).toBe('running since 10:31');
});

test('a box is called what the engine calls it, else by its first process', () => {
  const process = { number: 9, inside: 1, parent: 8, user: 'root', command: 'bash' };
  expect(boxName(box({ processes: [process], container: { name: 'web', image: 'nginx' } }))).toBe('web');
  expect(boxName(box({ processes: [process] }))).toBe('bash');
  expect(boxName(box({}))).toBe('processes');
});

test('what a box has of its own, and what it shares, is told in the lessons’ order', () => {
  const some = box({ own: { time: 3, mnt: 2, pid: 1 } });
  expect(namespacesOf(some)).toEqual([
    ['pid', 1],
    ['mnt', 2],
    ['time', 3],
  ]);
  expect(sharedWords(some)).toBe('net, ipc, uts, user and cgroup');
  expect(sharedWords(box({ own: { pid: 1, net: 1, ipc: 1, mnt: 1, uts: 1, user: 1, cgroup: 1 } }))).toBe('time');
});

test('what is left out is counted', () => {
  expect(moreWords(1, 'process')).toBe('and 1 more process');
  expect(moreWords(12, 'box')).toBe('and 12 more boxes');
});

test.each<[LiveState['name'], FigureView['state'] | null, boolean, string]>([
  ['connecting', null, false, 'Connecting…'],
  ['connected', null, false, 'Connecting…'],
  ['connected', 'stopped', false, 'Not running: this is a drawing.'],
  ['connected', 'stopped', true, 'Not running. As it was at 10:31.'],
  ['connected', 'frozen', true, 'Frozen: nothing in it runs. As it was at 10:31.'],
  ['connected', 'running', true, 'Live: as it is now.'],
  ['lost', 'running', true, 'Connection lost. As it was at 10:31.'],
])('%s, sandbox %s, a picture: %s: %s', (name, state, hasPicture, words) => {
  const picture = hasPicture ? ({} as NonNullable<FigureView['picture']>) : null;
  const view = state === null ? undefined : { state, picture, at: hasPicture ? TODAY : null };
  const { text, now } = stateWords({ name } as LiveState, view);
  expect(text).toBe(words);
  expect(now).toBe(text.startsWith('Live'));
});

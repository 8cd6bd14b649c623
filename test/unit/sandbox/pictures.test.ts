/** Pictures out of a sandbox: what does not fit is dropped. */
import { duplexPair, type Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import type { PictureBox, SandboxPicture } from '../../../sandbox-server/protocol/figure.ts';
import { encodeControl } from '../../../sandbox-server/sandbox/init/decoder.ts';
import { Drawn } from '../../support/pictures.ts';

const box = (more: object = {}): PictureBox => ({ own: { pid: 4_026_531_836 }, processes: [], boxes: [], ...more });
const process = (more: object = {}) => ({ number: 8, inside: 1, parent: 1, user: 'root', command: 'bash', ...more });
const picture = (more: object = {}): SandboxPicture => ({
  kernel: '6.18.0',
  hostname: 'slip',
  use: { memoryBytes: 1, memoryLimit: 0, processes: 1, processesLimit: 0, cpu: 0 },
  engine: null,
  box: box(),
  ...more,
});

/** What comes of these messages of an init. */
async function taken(...messages: object[]): Promise<SandboxPicture[]> {
  const init = (): Duplex => {
    const [ours, theirs] = duplexPair();
    ours.on('error', () => {});
    ours.resume();
    ours.write(encodeControl({ ok: true }));
    for (const message of [...messages, picture({ kernel: 'last' })]) ours.write(encodeControl(message));
    return theirs;
  };
  using drawn = new Drawn({ connect: async () => init() }, 'id');
  await expect.poll(() => drawn.newest?.kernel).toBe('last');
  return drawn.all.slice(0, -1);
}

const nested = (depth: number): PictureBox => box({ boxes: depth === 0 ? [] : [nested(depth - 1)] });

test('a picture is taken as it is', async () => {
  const inner = box({ container: { name: 'web', image: 'nginx:1' }, processes: [process({ ended: true })], more: 3 });
  const whole = picture({ engine: { since: 1 }, box: box({ processes: [process()], boxes: [inner], moreBoxes: 2 }) });
  expect(await taken(whole)).toEqual([whole]);
});

test.each<[string, object]>([
  ['no picture at all', { type: 'ended' }],
  ['something more', picture({ more: 'than there is' })],
  ['an escape in a command', picture({ box: box({ processes: [process({ command: 'a\u001B[31m' })] }) })],
  ['a line end in a user', picture({ box: box({ processes: [process({ user: 'a\nb' })] }) })],
  ['a mark that turns text around', picture({ hostname: 'a\u202Eb' })],
  ['half of a pair', picture({ hostname: '\uD800' })],
  ['a long name', picture({ box: box({ container: { name: 'n'.repeat(65), image: '' } }) })],
  ['a number that is none', picture({ box: box({ processes: [process({ number: -1 })] }) })],
  ['a kind of namespace that there is not', picture({ box: box({ own: { soul: 1 } }) })],
  ['too many processes', picture({ box: box({ processes: Array.from({ length: 65 }, () => process()) }) })],
  ['too many boxes', picture({ box: box({ boxes: Array.from({ length: 33 }, () => box()) }) })],
  ['boxes too deep', picture({ box: nested(7) })],
])('%s is dropped', async (_what, message) => {
  expect(await taken(message)).toEqual([]);
});

test('names with markup stay what they are: text', async () => {
  const whole = picture({ box: box({ processes: [process({ command: '<img src=x>' })] }) });
  expect(await taken(whole)).toEqual([whole]);
});

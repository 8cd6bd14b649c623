import headless from '@xterm/headless';
import { expect, it } from 'vitest';
import { screenTextOf } from '../../../site/terminal/screen-text.ts';

async function textOf(output: string): Promise<string> {
  const terminal = new headless.Terminal({ allowProposedApi: true, cols: 10, rows: 3 });
  await new Promise<void>((parsed) => terminal.write(output, parsed));
  return screenTextOf(terminal.buffer.active);
}

it('reads scrollback and screen', async () => {
  expect(await textOf('1\r\n2\r\n3\r\n4\r\n5')).toBe('1\n2\n3\n4\n5');
});

it('joins a line that was wrapped', async () => {
  expect(await textOf('abcdefghijklmno\r\nx')).toBe('abcdefghijklmno\nx');
});

it('leaves out blank lines at the end', async () => {
  expect(await textOf('a\r\n\r\nb\r\n\r\n')).toBe('a\n\nb');
});

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { COMMON_FILES } from '../../../sandbox-server/sandbox/images/identity.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PROMPT = '‹A›‹B›';
const ESC = '\x1b';
const BEL = '\x07';

/** What a bash under a terminal prints for these lines, with the marks as ‹A›, ‹B›, ‹C›, ‹D;status›. */
function type(lines: string[], bashrc = ''): string {
  const home = temporaryFolder();
  for (const name of ['bashrc', 'prompt']) {
    const text = readFileSync(join(COMMON_FILES, 'etc/slipway', name), 'utf8');
    writeFileSync(join(home, name), text.replaceAll('/etc/slipway/', `${home}/`));
  }
  writeFileSync(join(home, '.bashrc'), `PS1='$ '\n. ${home}/bashrc\n${bashrc}`);
  const input = [...lines, 'exit', ''].join('\n');
  // script(1) gives bash the terminal that makes it interactive.
  const { stdout } = spawnSync(
    'script',
    ['--quiet', '--return', '--command', `bash --rcfile ${home}/.bashrc`, '/dev/null'],
    {
      input,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: home, TERM: 'dumb', HISTFILE: join(home, 'history') },
    },
  );
  return stdout.replaceAll(new RegExp(`${ESC}\\]133;([^${BEL}]*)${BEL}`, 'g'), '‹$1›');
}

/** Readline draws a prompt anew when it finds that something was typed ahead, so one may come twice. */
const marks = (output: string) =>
  output
    .match(/‹[^›]*›/g)!
    .join('')
    .replaceAll(/(‹A›‹B›)+/g, PROMPT);

test('marks tell where a prompt is, when a command starts, and how it ends', () => {
  expect(marks(type(['true', 'sh -c "exit 3"']))).toBe(`${PROMPT}‹C;0›‹D;0›${PROMPT}‹C;0›‹D;3›${PROMPT}‹C;3›`);
});

test.each([
  ['a prompt of the learner’s own', `PS1='> '`],
  ['unset variables as errors', 'set -u'],
  ['failing commands as the end of the shell', 'set -e'],
  ['no globbing', 'set -f'],
])('marks stay with %s', (_, bashrc) => {
  expect(marks(type(['true'], bashrc))).toBe(`${PROMPT}‹C;0›‹D;0›${PROMPT}‹C;0›`);
});

test('a nested shell that reads no start file has marks too, and its first prompt ends no command', () => {
  expect(marks(type(['bash --norc', 'false', 'exit']))).toBe(
    [`${PROMPT}‹C;0›`, `${PROMPT}‹C;0›‹D;1›`, `${PROMPT}‹C;1›`, `‹D;1›${PROMPT}‹C;1›`].join(''),
  );
});

test('tracing shows the learner’s commands alone', () => {
  const traced = type(['set -x', 'echo hello']).match(/\++ [^\r]*/g)!;
  expect(traced.map((line) => line.trim())).toEqual(['+ echo hello', '+ exit']);
});

test('$? is the status of the learner’s command, not of what the prompt did', () => {
  expect(type(['sh -c "exit 7"', 'echo status=$?'])).toContain('status=7');
});

test('each command is in the history when it has ended', () => {
  expect(type(['echo one', 'cat "$HISTFILE"'])).toMatch(/^echo one\r$/m);
});

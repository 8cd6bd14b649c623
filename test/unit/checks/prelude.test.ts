import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCheck, type Verdict } from '../../../sandbox-server/checks/run-check.ts';
import { localInit } from '../../support/local-init.ts';

/** `sh` is Debian's dash. */
describe.each(['bash', 'sh'])('the helpers of a check in %s', (shell) => {
  let home: string;
  beforeAll(() => void (home = mkdtempSync(join(tmpdir(), 'slipway-check-'))));
  afterAll(() => rmSync(home, { recursive: true }));

  const run = (text: string, answer?: string, timeoutMs = 10_000): Promise<Verdict> =>
    runCheck(
      async () => localInit({ home, shells: [shell] }),
      { kind: 'script', place: 'lesson/index.md:1', text, user: 'learner', timeoutMs },
      answer === undefined ? {} : { answer },
    );
  const passed = { outcome: 'passed' };
  const notYet = (reason: string) => ({ outcome: 'not-yet', reason, compared: null });
  const crashed = (detail: unknown) => ({ outcome: 'broken', fault: 'crashed', detail });

  test('passes what ends with status 0 and told nothing', async () => {
    expect(await run('true')).toEqual(passed);
    expect(await run('echo printing is no failure; echo nor is this >&2; exit 0; fail "never reached"')).toEqual(
      passed,
    );
    expect(await run('')).toEqual(passed);
  });

  test('fail gives its words as the reason and ends the check', async () => {
    expect(await run('echo before; fail "no such" branch; echo after; exit 0')).toEqual(notYet('no such branch'));
  });

  test('what fails in a subshell, a pipe or behind a redirection does not pass either, and the first reason counts', async () => {
    expect(await run('(fail "in a subshell"); true')).toEqual(notYet('in a subshell'));
    expect(await run('echo a | while read -r l; do fail "in a pipe: $l"; done; exit 0')).toEqual(
      notYet('in a pipe: a'),
    );
    expect(await run('x=$(fail "captured"); exit 0')).toEqual(notYet('captured'));
    expect(await run('{ fail "to nowhere"; } >/dev/null 2>&1')).toEqual(notYet('to nowhere'));
    expect(await run('(fail first); (fail second); fail third')).toEqual(notYet('first'));
  });

  test('without a helper, what it printed is the reason', async () => {
    expect(await run('echo "the branch is missing"; echo "so is the tag" >&2; exit 1')).toEqual(
      notYet('the branch is missing\nso is the tag'),
    );
  });

  test('expect_equal tells what, expected and found', async () => {
    expect(await run('expect_equal "$(echo a)" a "the letter"')).toEqual(passed);
    expect(await run('expect_equal "$(printf "b \\n c")" "a" "the letter"; exit 0')).toEqual({
      outcome: 'not-yet',
      reason: 'the letter should be something else.',
      compared: { what: 'the letter', expected: 'a', found: 'b \n c' },
    });
    for (const odd of ['(', '!', '-n', '=', '-a', '\\', '*']) {
      expect(await run(`expect_equal '${odd}' '${odd}' it; expect_equal '${odd}' ')' it`)).toMatchObject({
        compared: { found: odd, expected: ')' },
      });
    }
  });

  test('expect_match wants a line that fits, whatever options are set', async () => {
    expect(await run('expect_match "$(seq 100000)" "^(77|none)$" numbers')).toEqual(passed);
    const strict = shell === 'bash' ? 'set -euo pipefail' : 'set -eu';
    expect(await run(`${strict}\nexpect_match "$(seq 100000)" "^1$" numbers\nexpect_match a a letters`)).toEqual(
      passed,
    );
    expect(await run(`${strict}\nexpect_match abc "^[0-9]+$" "the number"`)).toEqual({
      outcome: 'not-yet',
      reason: 'the number: no line of it fits.',
      compared: { what: 'the number', expected: 'a line that fits ^[0-9]+$', found: 'abc' },
    });
    expect(await run('expect_match a "(" it')).toEqual(crashed('grep cannot read the pattern ('));
  });

  test('expect_file wants a regular file, and the text in it', async () => {
    writeFileSync(join(home, 'notes.txt'), 'one\ntwo\0\nthree\n');
    mkdirSync(join(home, 'folder'));
    symlinkSync('/nowhere', join(home, 'dangling'));
    expect(await run('expect_file notes.txt; expect_file notes.txt "$(printf "two\\nthree")"')).toEqual(passed);
    expect(await run('expect_file other.txt')).toEqual(notYet('There is no file other.txt.'));
    expect(await run('expect_file folder')).toEqual(notYet('folder is a directory, not a file.'));
    expect(await run('expect_file dangling')).toEqual(notYet('There is no file dangling.'));
    expect(await run('expect_file /dev/null')).toEqual(notYet('/dev/null is not a regular file.'));
    expect(await run('set -e; expect_file notes.txt four')).toEqual({
      outcome: 'not-yet',
      reason: 'notes.txt lacks what is expected in it.',
      compared: { what: 'notes.txt', expected: 'four', found: 'one\ntwo\nthree' },
    });
  });

  test('expect_running finds other programs by their command line, and never the check itself', async () => {
    const program = spawn('sleep', ['98765.4']);
    try {
      expect(await run("set -e; expect_running '^sleep 98765\\.4$'")).toEqual(passed);
    } finally {
      program.kill('SIGKILL');
    }
    expect(await run("sleep 98765.3 & expect_running '98765\\.3'")).toEqual(
      notYet('No program is running whose command line fits 98765\\.3'),
    );
    expect(await run("expect_running 'slipway_marke[r]'")).toMatchObject({ outcome: 'not-yet' });
    expect(await run("expect_running '('")).toEqual(crashed('grep cannot read the pattern ('));
  });

  test('a helper that is called wrongly is a mistake of the check, not of the learner', async () => {
    expect(await run('empty=\nexpect_equal $empty 5 count')).toEqual(
      crashed('expect_equal takes ACTUAL EXPECTED WHAT, and was given 2 words. Are all of them quoted?'),
    );
    expect(await run('fail')).toEqual(crashed('fail takes a REASON, and was given none'));
    expect(await run('expect_file; true')).toMatchObject({ outcome: 'broken' });
  });

  test('a check that crashes never passes, and says why with the line of its own text', async () => {
    expect(await run('true\ntrue\nno-such-program --x')).toEqual(
      crashed(expect.stringMatching(/status 127.*3.*no-such-program/)),
    );
    expect(await run('true\nif true; then\n')).toEqual(crashed(expect.stringMatching(/syntax error/i)));
    expect(await run('/etc/passwd')).toEqual(crashed(expect.stringMatching(/status 126/)));
    expect(await run('x=\n[ $x = 1 ]')).toEqual(crashed(expect.stringMatching(/status 2.*operator/)));
    expect(await run('exit 1')).toEqual(crashed('It ended with status 1 and gave no reason.'));
    expect(await run('kill -9 $$')).toEqual(crashed(expect.stringMatching(/signal/)));
  });

  test('a check that hangs is ended at its limit', async () => {
    expect(await run('echo so far; sleep 1000', undefined, 300)).toEqual({
      outcome: 'broken',
      fault: 'hung',
      detail: 'It did not end within 0.3 s, and was ended.',
    });
  });

  test('a check that floods is ended, on either output', async () => {
    for (const where of ['', '>&2']) {
      expect(await run(`while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy ${where}; done`)).toMatchObject({
        outcome: 'broken',
        fault: 'flooded',
      });
    }
  });

  test('a long file of the learner is no flood: what is compared is cut', async () => {
    const verdict = await run('expect_equal "$(head -c 300000 /dev/zero | tr "\\0" x)" y "the file"');
    expect(verdict).toMatchObject({ outcome: 'not-yet' });
    const { found } = (verdict as { compared: { found: string } }).compared;
    expect(found).toBe(`${'x'.repeat(1999)}…`);
  });

  test('an answer comes as $ANSWER, whatever stands in it', async () => {
    const answer = 'a "b" $(exit 0) `x` \\ \n é ā 日';
    expect(await run('expect_equal "$ANSWER" 1 "Your answer"', answer)).toMatchObject({ compared: { found: answer } });
    expect(await run('expect_equal "${ANSWER-none}" none "Your answer"')).toEqual(passed);
    expect(await run('expect_equal "$ANSWER" ab "Your answer"', 'a\0b')).toEqual(passed);
  });

  test('standard input of the check is empty: no program of it eats the rest of its text', async () => {
    expect(await run('cat; expect_equal "$(cat)" "" "standard input"; fail "read on"')).toEqual(notYet('read on'));
  });

  test('every byte that a shell can hold comes back, and what acts on a terminal is shown instead', async () => {
    const verdict = await run('expect_equal "$(printf "\\033[31mred\\007 \\r\\200\\342\\200\\256 \\177.")" x it');
    expect(verdict).toMatchObject({ compared: { found: '␛[31mred␇ ␍\ufffd\ufffd ␡.' } });
    expect(await run('printf "\\033[31mred\\033[0m \\007and\\ttab\\r\\nline\\n"; exit 1')).toEqual(
      notYet('red ␇and\ttab\nline'),
    );
  });

  test('whatever is compared comes back as it was', async () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((each) => !/[\0\n\ud800-\udfff]/.test(each));
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const verdict = await run('expect_equal "$ANSWER" "" it', value);
        expect((verdict as { compared: { found: string } }).compared.found).toHaveLength(value.length);
      }),
      { numRuns: 25 },
    );
  });
});

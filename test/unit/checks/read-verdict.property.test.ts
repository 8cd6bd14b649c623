import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asShown, cut, showControls } from '../../../sandbox-server/checks/plain-text.ts';
import { readVerdict, type Ending } from '../../../sandbox-server/checks/read-verdict.ts';
import { MAX_REASON_CHARACTERS } from '../../../sandbox-server/protocol/lesson.ts';
import { anyText, MANY, textOf } from '../../support/properties.ts';

const MARKER = '0123456789abcdef0123456789abcdef';

/** Control characters but newline and tab, and marks that turn the direction of text. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const ACTING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const words = textOf(
  `\n${MARKER} differs\n`,
  `\n${MARKER} failed\n`,
  `\n${MARKER}\n`,
  `${MARKER} passed`,
  'check: line 3: syntax error',
  'check: fork: ',
  '\u001b[31m',
  '\u202e',
  'expected\n',
  '\r\n',
  '\n',
  '\u001b]8;;javascript:x\u0007',
  '\u009b',
  'x'.repeat(700),
  '\ud83d',
  '𝄞',
  '\u0000',
);
const bytes = fc.oneof(
  words.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc
    .tuple(words, fc.uint8Array({ maxLength: 60 }))
    .map(([text, array]) => Buffer.concat([array, Buffer.from(`\n${text}`), array])),
);

const ending: fc.Arbitrary<Ending> = fc.record({ out: bytes, err: bytes }).chain((printed) =>
  fc.oneof(
    fc
      .record({ status: fc.option(fc.integer({ min: 0, max: 255 }), { freq: 8 }), signal: fc.option(anyText) })
      .map((how) => ({ ...printed, how: 'ended' as const, ...how })),
    fc.constantFrom('hung' as const, 'flooded' as const).map((how) => ({ ...printed, how })),
  ),
);

test('whatever a check printed, it passes by its status and without a record alone, and what is told is short plain text', () => {
  fc.assert(
    fc.property(ending, (how) => {
      const verdict = readVerdict(how, MARKER, 10_000);
      const recorded = how.out.toString('utf8').includes(`\n${MARKER} `);
      if (verdict.outcome === 'passed') expect(how.how === 'ended' && how.status === 0 && !recorded).toBe(true);
      const texts =
        verdict.outcome === 'not-yet'
          ? [verdict.reason, ...Object.values(verdict.compared ?? {})]
          : verdict.outcome === 'broken'
            ? [verdict.detail]
            : [];
      for (const text of texts) {
        expect(text).not.toMatch(ACTING);
        expect(text.length).toBeLessThanOrEqual(MAX_REASON_CHARACTERS);
        expect(text.isWellFormed()).toBe(true);
      }
      // Nobody is told to mend what is not there.
      if (verdict.outcome === 'broken') expect(verdict.detail).not.toBe('');
      if (verdict.outcome === 'not-yet') expect(verdict.reason).not.toBe('');
    }),
    {
      ...MANY,
      examples: [
        [{ out: Buffer.alloc(0), err: Buffer.alloc(0), how: 'ended', status: null, signal: '\ud800' }],
        [{ out: Buffer.from(`\n${MARKER} passed`), err: Buffer.alloc(0), how: 'hung' }],
        [{ out: Buffer.from(`\n${MARKER} failed\n`), err: Buffer.alloc(0), how: 'ended', status: 1, signal: null }],
      ],
    },
  );
});

test('text that is shown acts on nothing, is the same when it is shown again, and is cut between characters', () => {
  fc.assert(
    fc.property(fc.oneof(words, anyText), fc.integer({ min: 1, max: 60 }), (text, length) => {
      const shown = showControls(text);
      expect(shown).not.toMatch(ACTING);
      expect(showControls(shown)).toBe(shown);
      expect(shown).toHaveLength(text.length);
      expect(asShown(text)).not.toMatch(ACTING);
      const short = cut(text, length);
      expect(short.length).toBeLessThanOrEqual(length);
      if (text.isWellFormed()) expect(short.isWellFormed()).toBe(true);
      expect(text.startsWith(short.endsWith('…') ? short.slice(0, -1) : short)).toBe(true);
    }),
    MANY,
  );
});

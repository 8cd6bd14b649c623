import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_CELLS, MIN_CELLS } from '../../../sandbox-server/protocol/limits.ts';
import { parseClientMessage } from '../../../sandbox-server/socket/client-messages.ts';
import { parseLessonMessage } from '../../../sandbox-server/socket/lesson-messages.ts';
import { parseTerminalEvent } from '../../../sandbox-server/sandbox/init/terminal-events.ts';
import { anyText, MANY, nearly } from '../../support/properties.ts';

const numbers = fc.oneof(
  fc.constantFrom(0, -1, 1, 2, 80, 1000, 1001, 1e9, 2 ** 53, 0.5, -0),
  fc.integer(),
  fc.double(),
);

const ofAPage = fc.oneof(
  nearly({ type: fc.constant('open'), visible: fc.boolean(), columns: numbers, rows: numbers }),
  nearly({
    type: fc.constant('open'),
    visible: fc.boolean(),
    columns: numbers,
    rows: numbers,
    from: numbers,
    shell: anyText,
  }),
  nearly({ type: fc.constant('parsed'), position: numbers }),
  nearly({ type: fc.constant('resize'), columns: numbers, rows: numbers }),
  nearly({ type: fc.constantFrom('hide', 'restart', 'exec', 'toString') }),
  nearly({ type: fc.constant('show'), from: numbers }),
);

/** What is taken is what was said, and no more: nothing is added, dropped or made to fit. */
const asSaid = (text: string, message: object | undefined) => {
  if (message !== undefined) expect(message).toEqual(JSON.parse(text));
};

test('whatever a page says of a terminal, it is a message as it stands or none', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: ofAPage.map((value) => JSON.stringify(value)) }, anyText), (text) => {
      const message = parseClientMessage(text);
      asSaid(text, message);
      if (message === undefined) return;
      taken++;
      if ('columns' in message) {
        for (const cells of [message.columns, message.rows]) {
          expect(Number.isInteger(cells) && cells >= MIN_CELLS && cells <= MAX_CELLS).toBe(true);
        }
      }
      const position = 'position' in message ? message.position : 'from' in message ? message.from : 0;
      expect(Number.isSafeInteger(position) && position! >= 0).toBe(true);
    }),
    {
      ...MANY,
      examples: [
        ['{"type":"show","from":1e400}'],
        ['{"type":"resize","columns":80,"rows":24,"__proto__":{}}'],
        ['{"type":"parsed","position":9007199254740993}'],
        ['{"type":"hide","type":"restart"}'],
      ],
    },
  );
  expect(taken).toBeGreaterThan(MANY.numRuns / 50);
});

test('whatever a page says of a lesson, it is a message as it stands or none', () => {
  let taken = 0;
  const said = fc.oneof(
    nearly({ type: fc.constant('check'), task: anyText }),
    nearly({ type: fc.constant('check'), task: anyText, answer: fc.string({ maxLength: 600 }) }),
    nearly({ type: fc.constant('reading'), anchor: fc.string({ maxLength: 300 }), offset: numbers }),
    nearly({ type: fc.constant('figure'), seen: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: said.map((value) => JSON.stringify(value)) }, anyText), (text) => {
      const message = parseLessonMessage(text);
      asSaid(text, message);
      if (message !== undefined) taken++;
      if (message?.type === 'reading') expect(Number.isFinite(message.offset)).toBe(true);
    }),
    MANY,
  );
  expect(taken).toBeGreaterThan(MANY.numRuns / 50);
});

test('whatever init tells, a page is told an event as it stands or none, and modes set modes alone', () => {
  let taken = 0;
  const modes = fc
    .array(
      fc.constantFrom('\u001b[?25h', '\u001b[?1049l', '\u001b=', '\u001b[?', 'h', '\u001b]52;c;?\u0007', '\n', '٣'),
      { maxLength: 5 },
    )
    .map((parts) => parts.join(''));
  const told = fc.oneof(
    nearly({
      type: fc.constant('attached'),
      shell: anyText,
      from: numbers,
      replayTo: numbers,
      cut: fc.boolean(),
      modes,
      columns: fc.integer({ min: 1, max: 1000 }),
      rows: fc.integer({ min: 1, max: 1000 }),
    }),
    nearly({ type: fc.constant('size'), columns: numbers, rows: numbers }),
    nearly({ type: fc.constant('prompt'), waiting: fc.boolean(), sure: fc.boolean() }),
    nearly({ type: fc.constant('command-ended'), status: fc.option(numbers) }),
    nearly({ type: fc.constant('notice'), code: fc.constantFrom('disk-full', 'out-of-memory', 'lesson-broken') }),
    nearly({ type: fc.constant('exited'), status: fc.option(numbers), signal: fc.option(anyText) }),
  );
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: told }, fc.jsonValue()), (value) => {
      const event = parseTerminalEvent(value);
      if (event === undefined) return;
      taken++;
      expect(event).toEqual(value);
      // oxlint-disable-next-line no-control-regex -- escape sequences are what this is about
      if (event.type === 'attached') expect(event.modes.replaceAll(/\u001b(?:\[\?[0-9]+[hl]|=)/g, '')).toBe('');
    }),
    MANY,
  );
  expect(taken).toBeGreaterThan(MANY.numRuns / 50);
});

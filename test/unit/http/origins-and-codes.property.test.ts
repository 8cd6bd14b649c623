import cookie from '@fastify/cookie';
import * as fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COOKIE, Identity, sameCode } from '../../../sandbox-server/http/identity.ts';
import { Origins } from '../../../sandbox-server/http/origins.ts';
import { randomId } from '../../../sandbox-server/session/ids.ts';
import type { Learner, Learners } from '../../../sandbox-server/store/learners.ts';
import { anyText, MANY, textOf } from '../../support/properties.ts';

const ID = randomId();
let app: FastifyInstance;
let identity: Identity;
/** Ids that were looked up in the database. */
const asked: string[] = [];

beforeAll(async () => {
  app = Fastify();
  await app.register(cookie, { secret: 'a secret of this test' });
  await app.ready();
  const learners = {
    visit: (id: string) => {
      asked.push(id);
      return id === ID ? ({ id } as Learner) : undefined;
    },
  } as unknown as Learners;
  identity = new Identity(app, learners);
});
afterAll(() => app.close());

test('whatever a Cookie header says, it is nobody’s that was not signed here', () => {
  const signed = app.signCookie(ID);
  const header = textOf(
    `${COOKIE}=`,
    '=',
    ';',
    '; ',
    '.',
    ',',
    '"',
    ID,
    signed,
    encodeURIComponent(signed),
    signed.slice(ID.length),
    '%',
    '%00',
    '__proto__=',
    ' ',
    `${ID}.`,
    'a'.repeat(3000),
  );
  fc.assert(
    fc.property(fc.oneof(header, anyText), (said) => {
      asked.length = 0;
      const learner = identity.of(said);
      if (learner) expect(said.includes(signed) || said.includes(encodeURIComponent(signed))).toBe(true);
      expect(asked.filter((id) => id !== ID)).toEqual([]);
    }),
    MANY,
  );
  expect(identity.of(`${COOKIE}=${encodeURIComponent(signed)}`)).toEqual({ id: ID });
});

const OURS = ['http://127.0.0.1:8080', 'https://class.example'];
const near = textOf(
  'http://',
  'https://',
  'ws://',
  '127.0.0.1',
  ':8080',
  'class.example',
  '.',
  '@',
  '/',
  ' ',
  ',',
  'evil',
  'null',
  '\t',
  'CLASS.example',
  ':443',
  ':80',
  '%2e',
  '\u0000',
);

test('whatever an Origin or a Host says, it is ours letter by letter or not at all', () => {
  const origins = new Origins(OURS);
  fc.assert(
    fc.property(fc.oneof(near, anyText), (said) => {
      if (origins.isOurs(said)) expect(OURS).toContain(said);
      if (origins.isOurHost(said)) expect(['127.0.0.1:8080', 'class.example']).toContain(said.toLowerCase());
    }),
    {
      ...MANY,
      examples: [
        ...OURS.map((each): [string] => [each]),
        ['class.example'],
        ['class.example:443'],
        ['class.example.'],
        ['clasſ.example'],
      ],
    },
  );
});

test('two codes are one only where people write the same', () => {
  const letters = (code: string) =>
    [...code.toLowerCase()]
      .filter((each) => /[0-9a-z]/.test(each))
      .map((each) => ({ o: '0', i: '1', l: '1' })[each] ?? each);
  fc.assert(
    fc.property(
      fc.oneof(textOf('a', 'B', '0', 'O', 'o', '1', 'l', 'I', '-', ' ', 'İ', 'K'), anyText),
      fc.oneof(textOf('a', 'b', '0', 'o', '1'), anyText),
      (one, other) => {
        expect(sameCode(one, other)).toBe(letters(one).join('') === letters(other).join(''));
        expect(sameCode(one, one)).toBe(true);
      },
    ),
    MANY,
  );
});

import * as fc from 'fast-check';
import { isIP } from 'node:net';
import { expect, test } from 'vitest';
import * as values from '../../../sandbox-server/config/values.ts';
import { anyText, MANY, textOf } from '../../support/properties.ts';

const text = fc.oneof(
  textOf(
    '1',
    '0',
    '.',
    '5',
    ' ',
    '-',
    '+',
    'e9',
    'MiB',
    'GB',
    'd',
    'min',
    's',
    '0x',
    '\n',
    '٣',
    'Infinity',
    '__proto__',
    'constructor',
    '9'.repeat(40),
  ),
  textOf(
    'http://',
    'https://',
    'class.example',
    ':8080',
    '/',
    '@',
    '?',
    '#',
    '[::1]',
    '127.0.0.1',
    'localhost',
    '\t',
    '%00',
    'é',
  ),
  anyText,
);

/** What a kind makes of a text; undefined where it refuses. It never throws. */
const read = <T>(kind: values.Kind<T>, said: string): T | undefined => kind.schema.safeParse(said).data;

test('whatever a setting says, its value is within what the kind allows, or it is refused', () => {
  fc.assert(
    fc.property(text, (said) => {
      const whole = read(values.wholeNumber(1, 65_535), said);
      if (whole !== undefined) expect(Number.isInteger(whole) && whole >= 1 && whole <= 65_535).toBe(true);
      const fraction = read(values.number(0.1, 64), said);
      if (fraction !== undefined) expect(fraction >= 0.1 && fraction <= 64).toBe(true);
      const bytes = read(values.size('4MiB'), said);
      if (bytes !== undefined) expect(Number.isSafeInteger(bytes) && bytes >= 4 * 2 ** 20).toBe(true);
      for (const orNever of [true, false]) {
        const time = read(values.duration('min', { orNever }), said);
        // A clock's time that this is added to is still one.
        if (time !== undefined) expect(Number.isNaN(new Date(Date.now() + time).getTime())).toBe(false);
        if (time !== undefined) expect(Number.isSafeInteger(time) && time >= (orNever ? 0 : 1)).toBe(true);
      }
      const timer = read(values.duration('s', { mostDays: 1 }), said);
      if (timer !== undefined) expect(timer).toBeLessThan(2 ** 31);
      const at = read(values.address, said);
      if (at !== undefined) expect(at === 'localhost' || isIP(at) !== 0).toBe(true);
      const origin = read(values.origin, said);
      if (origin !== undefined) {
        expect(new URL(origin).origin).toBe(origin);
        expect(origin).toMatch(/^https?:\/\/[^/?#@\s]+$/);
      }
      const folder = read(values.folder, said);
      if (folder !== undefined) expect(folder === said && folder !== '' && !folder.includes('\0')).toBe(true);
      const name = read(values.systemName, said);
      if (name !== undefined) expect(name).toMatch(/^[a-z][a-z0-9_-]{0,30}$(?!\n)/);
    }),
    { ...MANY, examples: [['abc\n'], ['1\n'], ['9'.repeat(400)], ['1e3'], ['999999999999999999999d'], ['104249992d']] },
  );
});

test('a size and a time are read as they are written', () => {
  const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
  fc.assert(
    fc.property(
      fc.nat(9999),
      fc.constantFrom(...Object.entries(units)),
      fc.constantFrom('', ' '),
      (amount, [unit, factor], space) => {
        expect(values.sizeOf(`${amount}${space}${unit}`)).toBe(amount * factor);
      },
    ),
    MANY,
  );
});

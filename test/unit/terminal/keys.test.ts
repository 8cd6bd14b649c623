import { describe, expect, it } from 'vitest';
import { isApple, meaningOf, withControl, type KeyMeaning } from '../../../site/terminal/keys.ts';

function press(keys: string) {
  const names = keys.split('+');
  return {
    key: names.at(-1) ?? '',
    ctrlKey: names.includes('Ctrl'),
    shiftKey: names.includes('Shift'),
    altKey: names.includes('Alt'),
    metaKey: names.includes('Meta'),
  };
}

describe('keys on Linux and Windows', () => {
  it.each<[string, KeyMeaning]>([
    ['Ctrl+c', 'program'],
    ['Ctrl+Shift+C', 'copy'],
    ['Ctrl+Insert', 'copy'],
    ['Ctrl+v', 'browser'],
    ['Ctrl+Shift+V', 'browser'],
    ['Shift+Insert', 'browser'],
    ['Insert', 'program'],
    ['Ctrl+Shift+F', 'search'],
    ['Ctrl+f', 'program'],
    ['Ctrl+q', 'program'],
    ['Ctrl+Alt+v', 'program'],
    ['F6', 'browser'],
    ['Tab', 'program'],
    ['Escape', 'program'],
    ['Meta+c', 'program'],
  ])('%s', (keys, meaning) => {
    expect(meaningOf(press(keys), false)).toBe(meaning);
  });
});

describe('keys on Apple’s machines', () => {
  it.each<[string, KeyMeaning]>([
    ['Ctrl+c', 'program'],
    ['Ctrl+v', 'program'],
    ['Meta+c', 'copy'],
    ['Meta+v', 'browser'],
    ['Meta+f', 'search'],
    ['Meta+r', 'browser'],
    ['F6', 'browser'],
  ])('%s', (keys, meaning) => {
    expect(meaningOf(press(keys), true)).toBe(meaning);
  });

  it.each([
    ['MacIntel', true],
    ['iPhone', true],
    ['Linux x86_64', false],
    ['Win32', false],
  ])('%s', (platform, apple) => {
    expect(isApple(platform)).toBe(apple);
  });
});

it.each([
  ['c', 3],
  ['C', 3],
  ['[', 27],
  ['1', 49],
])('Ctrl, held on a phone, and %s', (letter, code) => {
  expect([...withControl(new TextEncoder().encode(letter))]).toEqual([code]);
});

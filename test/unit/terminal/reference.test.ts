import { expect, test } from 'vitest';
import { hintOf } from '../../../site/terminal/reference.ts';
import { wordsOf } from '../../../site/terminal/state.ts';

test('what the server itself is at fault for is told with the reference to its log, and nothing else is', () => {
  const reference = 'k3f9k3f9k3f9';
  expect(hintOf({ code: 'start-failed', reference })).toMatch(/ Reference: k3f9k3f9k3f9$/);
  expect(hintOf({ code: 'start-failed' })).not.toMatch(/Reference/);
  expect(hintOf({ code: 'sandbox-stopped', reference })).not.toMatch(/Reference/);
  expect(wordsOf({ name: 'refused', code: 'unexpected', reference, retryAt: null }, 0).hint).toMatch(reference);
});

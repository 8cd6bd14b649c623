import { expect, it } from 'vitest';
import { isWebAddress } from '../../../site/terminal/links.ts';

it.each([
  ['http://localhost:8080/', true],
  ['https://example.org/a?b#c', true],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['file:///etc/passwd', false],
  ['JAVASCRIPT:alert(1)', false],
  ['//example.org', false],
  ['not an address', false],
])('%s may be opened: %s', (uri, web) => {
  expect(isWebAddress(uri)).toBe(web);
});

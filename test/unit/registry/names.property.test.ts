import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isName, queryOf, repositoryOf, routeOf, saidOf } from '../../../sandbox-server/registry/names.ts';
import { anyText, MANY, textOf } from '../../support/properties.ts';

const MINE = '0123456789abcdefghjkmnpqrs';
const THEIRS = 'zyxwvtsrqpnmkjhgfedcba9876';
const DIGEST = `sha256:${'0'.repeat(64)}`;

const path = textOf(
  '/v2/',
  'mine',
  '/',
  'mine/',
  MINE,
  THEIRS,
  'library/',
  'busybox',
  '..',
  '.',
  '//',
  '%2e%2e',
  '%2f',
  '\\',
  '?',
  '#',
  '_catalog',
  '/tags/list',
  '/manifests/latest',
  `/manifests/${DIGEST}`,
  `/blobs/${DIGEST}`,
  '/blobs/uploads/',
  '/blobs/uploads/01234567-89ab-cdef-0123-456789abcdef',
);

test('whatever path a sandbox asks for, it leads into the registry, and among what learners push to its own', () => {
  let routed = 0;
  fc.assert(
    fc.property(path, (said) => {
      const route = routeOf(said, MINE);
      if (route?.kind !== 'repository') return;
      routed++;
      // Whoever reads the path again, as a URL, reads the same.
      expect(new URL(route.path, 'http://registry.local').pathname).toBe(route.path);
      expect(route.path.startsWith(`/v2/${route.name}/`)).toBe(true);
      expect(route.path).toMatch(/^[\w/.:-]+$/);
      expect(route.path.split('/')).not.toContain('..');
      expect(route.name.length).toBeLessThanOrEqual(255);
      if (route.registry === 'mine') expect(route.name.startsWith(`${MINE}/`)).toBe(true);
    }),
    {
      ...MANY,
      examples: [
        [`/v2/mine/../${THEIRS}/x/tags/list`],
        [`/v2/mine/${THEIRS}/manifests/..`],
        [`/v2/mine//x/tags/list`],
        ['/v2/mine/tags/list/tags/list'],
        [`/v2/mine/x/blobs/uploads/../../${THEIRS}/x/tags/list`],
      ],
    },
  );
  expect(routed).toBeGreaterThan(0);
});

test('a name that is one leads nowhere else, and comes back as it was said', () => {
  const name = fc.oneof(
    textOf('a', 'mine/', 'library/', '/', '.', '-', '_', 'b0', MINE, 'A'),
    fc
      .array(fc.constantFrom('a', 'b-c', 'mine', 'library', 'x.y', MINE), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/')),
  );
  fc.assert(
    fc.property(name, (said) => {
      if (!isName(said)) return;
      expect(said).toMatch(/^[a-z0-9._/-]+$/);
      const at = repositoryOf(said, MINE);
      if (at.registry === 'mine') expect(saidOf(at.name, MINE)).toBe(said);
      else if (!said.startsWith('library/') && !said.startsWith(`${MINE}/`)) expect(saidOf(at.name, MINE)).toBe(said);
    }),
    MANY,
  );
});

test('whatever a query says, a mount is from the learner’s own or none', () => {
  const query = fc.oneof(
    textOf(
      'from=',
      'mount=',
      '&',
      '?',
      '=',
      'mine/',
      'mine%2F',
      `${THEIRS}/x`,
      '%2e%2e%2f',
      'x',
      DIGEST,
      'from',
      'mount',
      'digest=',
    ),
    fc
      .array(
        fc.tuple(
          fc.constantFrom('from', 'mount', 'digest', '_state', 'From'),
          fc.oneof(anyText, fc.constantFrom('mine/x', 'busybox', `${THEIRS}/x`, `mine/../${THEIRS}`)),
        ),
      )
      .map((pairs) =>
        new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, value.toWellFormed()])).toString(),
      ),
  );
  fc.assert(
    fc.property(query, (said) => {
      const parameters = new URLSearchParams(queryOf(said, MINE));
      for (const from of parameters.getAll('from')) expect(from.startsWith(`${MINE}/`) && isName(from)).toBe(true);
      if (parameters.has('mount')) expect(parameters.getAll('from')).toHaveLength(1);
    }),
    {
      ...MANY,
      examples: [
        ['mount=x&from=mine/a&from=b/c'],
        ['mount=x'],
        [`from=mine/..%2f${THEIRS}`],
        [`mount=a;from=${THEIRS}/x`],
      ],
    },
  );
});

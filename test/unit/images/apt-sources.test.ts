import { expect, test } from 'vitest';

import { parseLines, parseParagraphs, sourcesFor } from '../../../sandbox-server/sandbox/images/apt-sources.ts';

const PARAGRAPHS = `# the mirror of this site
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
 contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security/
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
`;

test('the mirror of this host serves another suite as well', () => {
  expect(sourcesFor('trixie', parseParagraphs(PARAGRAPHS))).toBe(
    [
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian trixie main',
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian trixie-updates main',
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian-security/ trixie-security main',
      '',
    ].join('\n'),
  );
});

test('one-line sources are read, with their options', () => {
  expect(
    parseLines(
      '# deb http://a bookworm main\ndeb [arch=amd64 signed-by=/k] http://m.example/debian bookworm main contrib # c\n',
    ),
  ).toEqual([{ uri: 'http://m.example/debian', suites: ['bookworm'], components: ['main', 'contrib'] }]);
});

test.each([
  ['Ubuntu’s own', 'deb http://archive.ubuntu.com/ubuntu noble main\n'],
  ['another project’s', 'deb http://download.example/node bookworm main\n'],
  ['none', ''],
])('with %s sources the packages come from Debian’s public mirror', (_, text) => {
  expect(sourcesFor('bookworm', parseLines(text))).toContain(' http://deb.debian.org/debian bookworm main\n');
});

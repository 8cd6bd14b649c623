import { expect, test, vi } from 'vitest';

import { createProgressReader, debianCommand } from '../../../sandbox-server/sandbox/images/debian.ts';
import { course, imageOf } from './course.ts';

test('the build is told the suite, the packages and how this host fetches', () => {
  const { description } = imageOf(course());
  const command = debianCommand({
    description,
    rootfs: '/r',
    sourcesFile: '/s',
    aptOptions: ['Acquire::http::Proxy "http://p:3142";'],
  });
  expect(command).toContain('--include=bash,login,passwd,less');
  expect(command).toContain('--aptopt=Acquire::http::Proxy "http://p:3142";');
  expect(command.slice(-3)).toEqual(['bookworm', '/r', '/s']);
});

test('progress comes from the build’s own lines, and never goes back', () => {
  const progress = vi.fn();
  const read = createProgressReader(progress);
  for (const line of [
    'I: downloading packages with apt...',
    'Get:3 http://deb.debian.org/debian bookworm/main amd64 less amd64 590-2.1~deb12u2 [132 kB]',
    'I: extracting archives...',
    'Unpacking less (590-2.1~deb12u2) ...',
    'Setting up less (590-2.1~deb12u2) ...',
    'some other line',
  ]) {
    read(line);
  }
  expect(progress.mock.calls).toEqual([
    ['downloading packages with apt...', 0.2],
    ['Fetching less', 0.2],
    ['extracting archives...', 0.35],
    ['Unpacking less', 0.35],
    ['Setting up less', 0.35],
  ]);
});

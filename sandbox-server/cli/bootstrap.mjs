#!/usr/bin/env node
// Where every npm script begins. Runs on any Node from 18 on without a dependency: fetches the packages, one of which is
// the Node that the project needs, and hands over to it.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describeMissing, missingPackages } from './plain/debian-packages.mjs';
import { installPackages, packagesAreCurrent, requireProjectNode } from './plain/packages.mjs';
import { createReport, Failure } from './plain/report.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const args = process.argv.slice(2);
const report = createReport();

try {
  if (!packagesAreCurrent(root)) {
    if (args.includes('--no-install')) refuse();
    await installPackages(root, report);
  }
  handOver(requireProjectNode(root), [join(here, 'main.ts'), ...args]);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  report.failure(error);
  process.exitCode = 1;
}

function refuse() {
  const debian = missingPackages();
  throw new Failure({
    what: 'What Slipway needs is not all there.',
    why: [
      'npm packages: as in package-lock.json',
      ...(debian.length ? ['Debian packages:', describeMissing(debian)] : []),
    ].join('\n'),
    mend: `Start without --no-install, or install them by hand: npm ci --include=dev${debian.length ? `; apt-get install ${debian.map(({ name }) => name).join(' ')}` : ''}`,
  });
}

function handOver(node, handed) {
  // Half of a start's own time would go into compiling the same files again.
  const env = { NODE_COMPILE_CACHE: join(root, 'build', 'compile-cache'), ...process.env };
  const child = spawn(node, handed, { stdio: 'inherit', env });
  // Ctrl-C reaches the whole foreground group: the child ends in its own order, and this process waits for it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    report.failure({
      what: `${node} cannot be run.`,
      why: error.message,
      mend: 'Remove the folder node_modules and start again.',
    });
    process.exitCode = 1;
  });
  child.on('exit', (status, signal) => {
    process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

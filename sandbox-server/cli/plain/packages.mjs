// The stage that makes node_modules match package-lock.json.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from './report.mjs';
import { runTool } from './tool.mjs';

const OPTIONS = [
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=http',
];
/** Of these TypeScript runs as it is. */
const LEAST_NODE = 24;

const stampOf = (root) => join(root, 'node_modules', '.slipway-packages');
const lockOf = (root) => readFileSync(join(root, 'package-lock.json'));
const digestOf = (root) => createHash('sha256').update(lockOf(root)).digest('hex');

export function packagesAreCurrent(root) {
  return existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8') === digestOf(root);
}

export async function installPackages(root, report) {
  await report.stage('npm packages', async ({ progress, result }) => {
    const total = packagesToFetch(root);
    let fetched = 0;
    const [command, ...first] = npmCommand();
    await runTool(command, [...first, 'ci', ...OPTIONS], {
      cwd: root,
      onLine: (line) => {
        if (/http fetch GET 200 .*\.tgz /.test(line))
          progress(`${++fetched} of ${total}`, Math.min(1, fetched / total));
      },
      keep: (line) => !/http (fetch|cache)/.test(line),
      failed: 'The npm packages could not be installed.',
      mend: 'Mend what npm says above (most often the network or a proxy), then start again.',
    });
    writeFileSync(stampOf(root), digestOf(root));
    result(`as in package-lock.json`);
  });
}

/** How many of the locked packages are for this platform. */
function packagesToFetch(root) {
  const packages = Object.entries(JSON.parse(lockOf(root).toString()).packages);
  return packages.filter(([path, { os, cpu }]) => {
    return path !== '' && (!os || os.includes(process.platform)) && (!cpu || cpu.includes(process.arch));
  }).length;
}

/** The npm that started us, else the one on the PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running?.endsWith('npm-cli.js') && existsSync(running)) return [process.execPath, running];
  return ['npm'];
}

export function projectNode(root) {
  return join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
}

export function requireProjectNode(root) {
  const node = projectNode(root);
  if (existsSync(node)) return node;
  if (Number(process.versions.node.split('.')[0]) >= LEAST_NODE) return process.execPath;
  throw new Failure({
    what: `There is no Node ${LEAST_NODE} for ${process.platform} on ${process.arch}.`,
    why: `It comes as an npm package for Linux on x64 and arm64; this is Node ${process.versions.node}.`,
    mend: `Install Node ${LEAST_NODE} or newer and start again with it.`,
  });
}

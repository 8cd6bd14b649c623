// The stage that makes node_modules match package-lock.json.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
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
const runsProject = (version) => Number(version.split('.')[0]) >= LEAST_NODE;
/** Runs on that Node. Only used where the running Node is older. */
const NPM_VERSION = '11.19.1';

const packagesIn = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
const lockedPackages = (root) => packagesIn(join(root, 'package-lock.json'));

/** npm's own list of what it installed is the last thing that it writes: where a kill came before, it is not there. */
export function packagesAreCurrent(root) {
  const list = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const installed = packagesIn(list);
  return packagesForThis(root).every(({ path, version, needed }) =>
    installed[path] ? installed[path].version === version : !needed,
  );
}

export async function installPackages(root, report) {
  await report.stage('npm packages', async ({ progress, result }) => {
    const npm = (await newerNpm(root, progress)) ?? runningNpm();
    const wanted = packagesForThis(root);
    let fetched = 0;
    await runNpm([...npm, 'ci', ...OPTIONS], root, () =>
      progress(`${++fetched} of ${wanted.length}`, Math.min(1, fetched / wanted.length)),
    );
    refuseMissing(root, wanted);
    rmSync(toolsOf(root), { recursive: true, force: true });
    result('as in package-lock.json');
  });
}

const toolsOf = (root) => join(root, 'build', 'npm');

/**
 * An older Node's npm leaves out, without a word, optional packages that ask for a newer Node, and these hold the
 * programs of the site's build. So it only fetches the project's Node, and an npm that runs on it.
 */
async function newerNpm(root, progress) {
  if (runsProject(process.versions.node)) return undefined;
  const node = `node-${process.platform}-${process.arch}`;
  const locked = lockedPackages(root)[`node_modules/${node}`];
  // Where npm has no Node for this platform, `requireProjectNode` says so.
  if (!locked) return undefined;
  progress(`Node ${locked.version} and npm ${NPM_VERSION}`);
  const folder = toolsOf(root);
  mkdirSync(folder, { recursive: true });
  const wanted = [`${node}@${locked.version}`, `npm@${NPM_VERSION}`];
  await runNpm(
    [...runningNpm(), 'install', '--prefix', folder, '--no-save', '--no-package-lock', ...OPTIONS, ...wanted],
    folder,
  );
  return [projectNode(folder), join(folder, 'node_modules/npm/bin/npm-cli.js')];
}

async function runNpm([command, ...args], cwd, onFetched = () => {}) {
  await runTool(command, args, {
    cwd,
    // Debian's Node trusts what the system trusts; the project's does when told to.
    env: { ...process.env, NODE_USE_SYSTEM_CA: '1' },
    onLine: (line) => /http fetch GET 200 .*\.tgz /.test(line) && onFetched(),
    keep: (line) => !/http (fetch|cache)|EBADENGINE/.test(line),
    failed: 'The npm packages could not be installed.',
    mend: 'Mend what npm says above (most often the network or a proxy), then start again.',
  });
}

/**
 * The locked packages that are for this platform. Of the optional ones only those are needed that are for it alone: the
 * others stand in for a missing platform, and npm leaves them out.
 */
function packagesForThis(root) {
  const libc = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
  const here = { os: process.platform, cpu: process.arch, libc };
  const fits = (entry) => Object.entries(here).every(([field, value]) => !entry[field] || entry[field].includes(value));
  return Object.entries(lockedPackages(root))
    .filter(([path, entry]) => path !== '' && fits(entry))
    .map(([path, entry]) => ({ path, version: entry.version, needed: !entry.optional || Boolean(entry.os) }));
}

/** An optional package that could not be fetched is no failure to npm, but the build's programs are such packages. */
function refuseMissing(root, wanted) {
  const missing = wanted.filter(({ path, needed }) => needed && !existsSync(join(root, path)));
  if (missing.length === 0) return;
  throw new Failure({
    what: 'npm left out packages that are needed here.',
    why: missing.map(({ path }) => path.replace(/^.*node_modules\//, '')).join('\n'),
    mend: 'Most often the network failed for a moment: start again.',
  });
}

/** The npm that started us, else the one on the PATH. */
function runningNpm() {
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
  if (runsProject(process.versions.node)) return process.execPath;
  throw new Failure({
    what: `There is no Node ${LEAST_NODE} for ${process.platform} on ${process.arch}.`,
    why: `It comes as an npm package for Linux on x64 and arm64; this is Node ${process.versions.node}.`,
    mend: `Install Node ${LEAST_NODE} or newer and start again with it.`,
  });
}

/** The stage that installs the Debian packages which are missing, each named with its reason beforehand. */
import { existsSync, readdirSync, statSync } from 'node:fs';

import { type DebianPackage, describeMissing, isEnough } from '../plain/debian-packages.mjs';
import { Failure, type Progress, type Report } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';

const LISTS = '/var/lib/apt/lists';
/** Mirrors drop package versions that were replaced, so lists older than this name files that are gone. */
const LISTS_FRESH_MS = 24 * 3_600_000;
/** Machines that upgrade themselves hold the lock for a while after they boot. */
const LOCK_SECONDS = 300;

export async function installPackages(missing: readonly DebianPackage[], report: Report): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Failure({
      what: 'Programs are missing that come as Debian packages, and this system has no apt-get.',
      why: describeMissing(missing),
      mend: 'Run Slipway on Debian 12 or 13 or Ubuntu 24.04, or install the programs by hand.',
    });
  }
  report.note(`  Debian packages to be installed:\n${describeMissing(missing)}`);
  await report.stage('Debian packages', async ({ progress, result }) => {
    if (listsAreStale()) await refreshLists(progress);
    await install(
      missing.map(({ name }) => name),
      progress,
    );
    result(`${missing.length} installed`);
  });
}

/** For `--no-install`. */
export function refuseMissing(missing: readonly DebianPackage[]): void {
  if (isEnough(missing)) return;
  throw new Failure({
    what: 'Debian packages are missing:',
    why: describeMissing(missing),
    mend: `apt-get install ${missing.map(({ name }) => name).join(' ')}`,
  });
}

function listsAreStale(): boolean {
  const lists = existsSync(LISTS) ? readdirSync(LISTS).filter((name) => name.includes('_Packages')) : [];
  return lists.length === 0 || Date.now() - statSync(LISTS).mtimeMs > LISTS_FRESH_MS;
}

async function refreshLists(progress: Progress): Promise<void> {
  progress('apt-get update');
  // One source of many that fails is no reason to stop: whether the packages can be had shows when they are installed.
  await aptGet(['update'], progress).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    progress('apt-get update failed in part');
  });
}

async function install(names: string[], progress: Progress): Promise<void> {
  try {
    await aptGet(['install', '-y', '--no-install-recommends', ...names], progress);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Fresh lists may still name what the mirror no longer has.
    await refreshLists(progress);
    await aptGet(['install', '-y', '--no-install-recommends', ...names], progress);
  }
}

function aptGet(args: string[], progress: Progress): Promise<void> {
  return runTool('apt-get', ['-o', 'APT::Status-Fd=3', '-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    statusFd: true,
    onLine: (line) => showStatus(line, progress),
    failed: 'The Debian packages could not be installed.',
    mend: 'Mend what apt-get says above (most often the network, or another apt that runs), then start again.',
  });
}

/** Lines such as `dlstatus:3:41.5:Retrieving file 3 of 9` and `pmstatus:crun:62.5:Unpacking crun (amd64)`. */
function showStatus(line: string, progress: Progress): void {
  const [, step, percent, text] = /^(dlstatus|pmstatus):.*?:(\d+(?:\.\d+)?):(.*)$/.exec(line) ?? [];
  if (!step) return;
  // Fetching and unpacking each count to 100.
  const half = Number(percent) / 200;
  progress(text!, step === 'dlstatus' ? half : 0.5 + half);
}

/**
 * The stage that lays a root-owned, world-readable copy of the program into the data folder. The gateway runs from it: it
 * has given up root by then, and a clone in someone's closed home could not be read.
 */
import {
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import type { Progress } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import { compileCacheOf, nodeOf } from '../serve/commands.ts';
import { digestOf } from './digest.ts';
import { findUser } from './system-user.ts';

const PARTS = ['package.json', 'sandbox-server', 'site/course', 'build/slipway-native'];
const BUILT_SITE = ['build/site', 'build/courses.json', 'build/lesson-files'];

/** Tests of several working trees may run beside each other, each from a copy of its own. */
const KEPT_COPIES = 8;
/** Longer than any run of tests: where many change, the newest eight come and go within one. */
const KEPT_MS = 3 * 3600_000;
const HALF = 'half-';

export interface ProgramCopy {
  /** Path of the copy. */
  program: string;
  /** Whether it was made now. */
  fresh: boolean;
}

/**
 * The copy's name is a digest of what is in it, so it never changes under a server that runs. The author's desk has its
 * site elsewhere (`site: false`).
 */
export async function copyProgram(
  root: string,
  data: string,
  { site, user }: { site: boolean; user: string },
  progress: Progress,
): Promise<ProgramCopy> {
  const programs = join(data, 'program');
  const own = [...PARTS, ...(site ? BUILT_SITE : [])];
  const program = join(programs, digestOf(root, [...own, 'package-lock.json']).slice(0, 16));
  const gateway = findUser(user)?.uid;
  if (existsSync(program)) {
    // Used now: not one of the oldest.
    utimesSync(program, new Date(), new Date());
    await compileAhead(program, gateway);
    return { program, fresh: false };
  }

  mkdirSync(programs, { recursive: true, mode: 0o755 });
  const half = join(programs, `${HALF}${process.pid}`);
  mkdirSync(half);
  const parts = [...own, ...productionPackages(root)];
  for (const [index, part] of parts.entries()) {
    progress(part, index / parts.length);
    mkdirSync(dirname(join(half, part)), { recursive: true });
    // Where the file system can, the copies share the originals' blocks.
    cpSync(join(root, part), join(half, part), {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
  }
  // The clone's owner and modes must not decide who may change what the server runs.
  await runTool('sh', ['-c', 'chown -hR 0:0 "$1" && chmod -R u=rwX,go=rX "$1"', 'sh', half], {
    mend: `Check that ${data} is on a file system that knows owners.`,
  });
  chmodSync(half, 0o755);
  // Another set-up may have made the same meanwhile.
  if (existsSync(program)) rmSync(half, { recursive: true });
  else renameSync(half, program);
  await compileAhead(program, gateway);
  removeOld(programs);
  return { program, fresh: true };
}

/**
 * The processes that load it start again after a crash, with learners before their screens: sooner by this. Also for a copy
 * that an end came between, or that another user's gateway ran from. `gateway`: that user's id.
 */
async function compileAhead(program: string, gateway: number | undefined): Promise<void> {
  const cache = compileCacheOf(program);
  if (!existsSync(cache)) await compile(program, cache);
  if (gateway === undefined || gateway === 0) return;
  // Node keeps a folder for each user, whose id ends its name; root's is whole, and the gateway's user cannot write one.
  for (const name of readdirSync(cache).filter((each) => each.endsWith('-0'))) {
    const own = join(cache, `${name.slice(0, -1)}${gateway}`);
    if (!existsSync(own)) symlinkSync(name, own);
  }
}

async function compile(program: string, cache: string): Promise<void> {
  const mains = ['sandbox-server/main.ts', 'sandbox-server/sandbox/oci/supervisor/main.ts'];
  const loads = mains.map((main) => `await import(${JSON.stringify(join(program, main))});`).join('');
  const load = '"$1" --input-type=module -e "$2" && chmod -R u=rwX,go=rX "$3"';
  await runTool('sh', ['-c', load, 'sh', nodeOf(program), loads, cache], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    failed: 'The copy of the program cannot be loaded.',
    mend: 'Run `npm ci` in the clone, then start again.',
  });
}

/** Copies that a kill left half-made, and those that nobody used lately: a server that is being replaced may still load from its own. */
function removeOld(programs: string): void {
  const used = (name: string) => statSync(join(programs, name)).ctimeMs;
  const names = readdirSync(programs);
  const whole = names.filter((name) => !name.startsWith(HALF)).toSorted((a, b) => used(b) - used(a));
  const unused = whole.slice(KEPT_COPIES).filter((name) => Date.now() - used(name) > KEPT_MS);
  const left = names.filter((name) => name.startsWith(HALF) && !isAlive(Number(name.slice(HALF.length))));
  const old = [...unused, ...left];
  // Another set-up of the same data may be at the same.
  for (const name of old) rmSync(join(programs, name), { recursive: true, force: true });
}

/** Whether a process of this number runs: its half of a copy is being made. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

interface LockedPackage {
  dev?: boolean;
}

/** Folders under node_modules of what package-lock.json needs without its development packages. */
function productionPackages(root: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const names = Object.keys(packages).filter(
    (path) => path !== '' && !packages[path]!.dev && existsSync(join(root, path)),
  );
  // One that is nested in another comes with it.
  return names.filter((path) => !names.some((other) => path.startsWith(`${other}/`)));
}

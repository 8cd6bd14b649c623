/** The container runtime: an installed crun where it works, else runc. Found out by running a container. */
import { access, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import type { SandboxLimits } from '../../driver.ts';
import type { Cgroups } from './cgroups.ts';
import type { IdRange } from './id-ranges.ts';
import { ociConfig } from './oci-config.ts';
import type { SupervisorPaths } from './paths.ts';
import { runTool, type ToolResult } from './run-tool.ts';

export type RuntimeName = 'crun' | 'runc';

/** What `launch` needs to know of the runtime (RuntimeSpec in native/launch/runtime.go). */
export interface RuntimeSpec {
  path: string;
  root: string;
  crun: boolean;
  hideUnified: boolean;
}

/** Name of the container that a runtime is tried out with. */
export const PROBE_NAME = /^probe-\d+$/;

/** How long a runtime may take for anything but a start, in milliseconds: it is a matter of a tenth of a second. */
const CALL_MS = 5000;

export class RuntimeMissing extends Error {
  override name = 'RuntimeMissing';
}

/** Runs a runtime command such as `delete` where the runtime works. */
export function callRuntime(paths: SupervisorPaths, runtime: RuntimeSpec, ...command: string[]): Promise<ToolResult> {
  const args = [
    'runtime',
    ...(runtime.hideUnified ? ['--hide-unified'] : []),
    runtime.path,
    '--root',
    runtime.root,
    ...(runtime.crun ? ['--cgroup-manager', 'cgroupfs'] : []),
    ...command,
  ];
  return runTool(paths.native, args, '', CALL_MS);
}

/** The first of the wanted runtimes that runs a container here. Throws `RuntimeMissing` with what each of them said. */
export async function findRuntime(
  wanted: 'auto' | RuntimeName,
  paths: SupervisorPaths,
  cgroups: Cgroups,
  ids: IdRange,
): Promise<RuntimeSpec> {
  const said: string[] = [];
  for (const name of wanted === 'auto' ? (['crun', 'runc'] as const) : [wanted]) {
    const path = await installed(name);
    if (!path) {
      said.push(`${name} is not installed`);
      continue;
    }
    const runtime = {
      path,
      root: paths.runtime,
      crun: name === 'crun',
      hideUnified: cgroups.version === 1 && name === 'crun',
    };
    const failure = await tryOut(runtime, paths, cgroups, ids);
    if (failure === undefined) return runtime;
    said.push(`${name} runs no container here: ${failure}`);
  }
  throw new RuntimeMissing(said.join('; '));
}

async function installed(name: RuntimeName): Promise<string | undefined> {
  for (const dir of ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
    const path = join(dir, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** Runs an empty container with the namespaces, limits and filter of a sandbox. Undefined: it ran. */
async function tryOut(
  runtime: RuntimeSpec,
  paths: SupervisorPaths,
  cgroups: Cgroups,
  ids: IdRange,
): Promise<string | undefined> {
  const id = `probe-${process.pid}`; // PROBE_NAME
  const bundle = join(paths.running, '..', id);
  const root = join(bundle, 'root'); // its mountpoint is the bundle
  try {
    await mkdir(root, { recursive: true, mode: 0o755 });
    await chown(root, ids.base, ids.base);
    const config = ociConfig({
      spec: { image: 'probe', profile: 'standard', hostname: 'probe', limits: PROBE_LIMITS },
      mountpoint: bundle,
      native: paths.native,
      ids,
      cgroup: join(cgroups.parent, id),
      inherited: 0,
      arch: process.arch,
      engineIdleMs: 0,
      internet: false,
    }) as { process: { args: string[] } };
    config.process.args = [config.process.args[0]!, 'true'];
    await writeFile(join(bundle, 'config.json'), JSON.stringify(config));
    const result = await callRuntime(paths, runtime, 'run', '--bundle', bundle, id);
    if (result.status === 0) return undefined;
    return (result.stderr || result.stdout || `status ${result.status}`).trim();
  } finally {
    await callRuntime(paths, runtime, 'delete', '--force', id);
    await rm(bundle, { recursive: true, force: true });
    await cgroups.remove(id);
  }
}

const PROBE_LIMITS: SandboxLimits = {
  memoryBytes: 64 << 20,
  cpus: 1,
  processes: 32,
  diskBytes: 1 << 20,
  inodes: 64,
  openFiles: 64,
  diskBytesPerSecond: 1 << 20,
};

/** Calling the native program's `launch` (native/launch/launch.go). */
import { z } from 'zod';
import { DriverError } from '../../driver.ts';
import { driverErrorCode } from '../protocol.ts';
import type { RuntimeSpec } from './runtime.ts';
import { runTool } from './run-tool.ts';

/** The same shape as `Spec` in native/launch/launch.go; paths are the host's. */
export interface LaunchSpec {
  id: string;
  image: string;
  /** Folders, the lowest first. */
  layers: string[];
  disk: string;
  ids: { base: number; size: number };
  mountpoint: string;
  devices: { name: string; major: number; minor: number }[];
  bundle: string;
  socket: { path: string; gid: number };
  runtime: RuntimeSpec;
  openFiles: number;
  cgroup: {
    parent: string;
    memoryBytes: number;
    cpus: number;
    processes: number;
    bytesPerSecond: number;
    helperBytes: number;
    delegate: boolean;
  };
}

const stages = z.array(z.object({ name: z.string(), ms: z.number() })).nullable();
const answer = z.union([
  z.object({ ok: z.literal(true), pid: z.number().int().positive(), stages }),
  z.object({ ok: z.literal(false), code: driverErrorCode.catch('start-failed'), message: z.string(), stages }),
]);

/** How long a runtime may take before it is killed and the start has failed. */
const LAUNCH_MS = 20_000;

/** How long it may stand still: learners are told within five seconds that a start hangs, and may try again. */
const STALLED_MS = 3000;

/** Starts the sandbox; the id of its first process on the host, and how long each part took in milliseconds. */
export async function launch(
  native: string,
  signal: AbortSignal,
  spec: LaunchSpec,
): Promise<{ pid: number; stages: Record<string, number> }> {
  const result = await runTool(native, ['launch'], JSON.stringify(spec), LAUNCH_MS, signal, STALLED_MS);
  const parsed = answer.safeParse(parseJson(result.stdout));
  if (!parsed.success) {
    const code = result.status === null ? 'start-timeout' : 'start-failed';
    throw new DriverError(code, `launch ended with status ${result.status}: ${result.stderr.trim()}`);
  }
  if (!parsed.data.ok) throw new DriverError(parsed.data.code, parsed.data.message);
  return {
    pid: parsed.data.pid,
    stages: Object.fromEntries((parsed.data.stages ?? []).map((stage) => [stage.name, stage.ms])),
  };
}

/** Undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

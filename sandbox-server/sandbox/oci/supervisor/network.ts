/** The way of a sandbox to the internet: calling the native program's `network` (native/network/start.go). */
import { z } from 'zod';
import type { NetworkLimits } from '../../../config.ts';
import { DriverError } from '../../driver.ts';
import { parseJson } from './launch.ts';
import type { ProcessIdentity } from './process.ts';
import { runTool } from './run-tool.ts';

/** Where a sandbox's programs resolve names: `resolver` in native/network/gate.go. */
export const RESOLVER = '10.0.2.3';

/**
 * Memory of what runs beside a sandbox for it, in bytes, beyond the sandbox's own: slirp4netns has 4 MiB, and 0.25 MiB for
 * each connection whose buffers are full.
 */
export const helperBytes = ({ connections }: NetworkLimits) => (16 + connections / 4) * 1024 * 1024;

/** The host's network, where nothing else is told: that of the host's process 1. */
export const HOST_NETWORK = '/proc/1/ns/net';

export interface NetworkSpec {
  init: ProcessIdentity;
  /** The host's id that slirp4netns runs as: one of the sandbox's own. */
  uid: number;
  /** Files of the control groups that it runs in. */
  groups: string[];
  limits: NetworkLimits;
}

const answer = z.union([z.object({ ok: z.literal(true) }), z.object({ ok: z.literal(false), message: z.string() })]);

/** Longer than slirp4netns is waited for. */
const NETWORK_MS = 15_000;

/**
 * Connects a sandbox that has just started. This process has no network: the native program goes to the host's, whose
 * namespace has this path, and lets go of root there.
 */
export async function connectNetwork(native: string, hostNetwork: string, spec: NetworkSpec): Promise<void> {
  const args = [`--net=${hostNetwork}`, '--', native, 'network'];
  const result = await runTool('nsenter', args, JSON.stringify(spec), NETWORK_MS);
  const parsed = answer.safeParse(parseJson(result.stdout));
  if (parsed.success && parsed.data.ok) return;
  const why = parsed.success && !parsed.data.ok ? parsed.data.message : result.stderr.trim();
  throw new DriverError('start-failed', `the way to the internet: ${why || `status ${result.status}`}`);
}

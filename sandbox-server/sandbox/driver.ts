/**
 * What a sandbox is to the rest of the server.
 *
 * A sandbox is one learner's Linux container with a disk of its own. Its identity is an id of at least 128 random bits.
 * A driver keeps it on some container engine; nothing that only that engine knows (a path, a process id, a runtime's
 * word) crosses this interface.
 *
 * | state     | create            | start   | connect        | freeze | thaw  | stop    | destroy | snapshot | throttle |
 * |-----------|-------------------|---------|----------------|--------|-------|---------|---------|----------|----------|
 * | gone      | → stopped         | unknown | unknown        | unknown| unknown| unknown| gone    | unknown  | unknown  |
 * | stopped   | nothing           | → ready | not-running    | not-running | not-running | nothing | → gone | a layer | not-running |
 * | ready     | nothing           | nothing | a stream       | → frozen | nothing | → stopped | → gone | a layer | nothing |
 * | frozen    | nothing           | → ready | not-running    | nothing | → ready | → stopped | → gone | a layer | nothing |
 *
 * "nothing" means that the call succeeds and changes nothing; "unknown" and "not-running" are the `DriverError` codes
 * it rejects with. "a layer": the sandbox stays as it is, and there is a layer more. A container that ends by itself (its init died, the host restarted) is `stopped`: its disk is kept.
 *
 * Rules that hold in each state:
 * - Calls for one sandbox take effect in the order in which they were made; calls for different sandboxes do not wait
 *   for one another.
 * - `create` leaves either a sandbox in state `stopped` or nothing at all. The same id with the same spec may be
 *   created again; the first spec stays.
 * - `start` resolves when `init` accepts streams. When it rejects, the sandbox is `stopped` and nothing of it runs.
 * - `stop` and `destroy` resolve when no process of the sandbox runs any more; `destroy` also when its disk, limits and
 *   ids are released. Both thaw a frozen sandbox first, and take at most 2 s whatever its processes do.
 * - A layer holds the files that a sandbox had changed over what it was made of, what it had deleted included, and
 *   nothing else of it: no process, no network, nothing that a container engine inside keeps. It never changes. Sandboxes
 *   that are made with it (`SandboxSpec.layers`) share it and write over it; none of their writes reaches it.
 * - `snapshot` makes a layer whole or not at all, and does nothing where there is one of this name. What runs in the
 *   sandbox stands still meanwhile.
 * - `create` with a layer that is not there rejects with `layer-missing`. A layer that a sandbox was made with cannot be
 *   removed (`layer-in-use`), and removing one that is not there does nothing.
 * - `throttle` leaves a sandbox a part of its processors until another part is said; from a start on it has all of them.
 * - An aborted signal ends the wait, not the work; the state is then what `status` says.
 * - Disposing the driver releases what it holds in this process. Sandboxes live on, and the next driver finds them.
 */
import type { Duplex } from 'node:stream';

export interface SandboxDriver extends AsyncDisposable {
  /** What this driver can do beyond the contract's core. A call to what is not there rejects with `unsupported`. */
  readonly capabilities: Readonly<{ freeze: boolean; snapshot: boolean }>;

  create(id: SandboxId, spec: SandboxSpec, options?: CallOptions): Promise<void>;
  start(id: SandboxId, options?: CallOptions): Promise<void>;
  /** One duplex byte stream to the sandbox's `init`, which speaks init/frames.ts. As many as one likes. */
  connect(id: SandboxId, options?: CallOptions): Promise<Duplex>;
  freeze(id: SandboxId, options?: CallOptions): Promise<void>;
  thaw(id: SandboxId, options?: CallOptions): Promise<void>;
  stop(id: SandboxId, options?: CallOptions): Promise<void>;
  destroy(id: SandboxId, options?: CallOptions): Promise<void>;
  status(id: SandboxId, options?: CallOptions): Promise<DriverState>;
  /** Every sandbox that is not gone. */
  list(options?: CallOptions): Promise<SandboxStatus[]>;
  /** What a sandbox that is ready or frozen uses now. */
  stats(id: SandboxId, options?: CallOptions): Promise<SandboxStats>;
  /** Leaves it this part of its processors: more than 0, and 1 for all of them. */
  throttle(id: SandboxId, share: number, options?: CallOptions): Promise<void>;
  /** Stores what the sandbox has changed over what it was made of. */
  snapshot(id: SandboxId, layer: LayerId, options?: CallOptions): Promise<void>;
  /** Every layer that there is. */
  layers(options?: CallOptions): Promise<LayerId[]>;
  removeLayer(layer: LayerId, options?: CallOptions): Promise<void>;
  /** What the machine that holds the sandboxes has, and has left, now. */
  capacity(options?: CallOptions): Promise<HostCapacity>;
}

/** 26 characters of lower-case Crockford base 32: 130 random bits. */
export type SandboxId = string;
/** Up to 128 characters of `a-z`, `0-9`, `.`, `_` and `-`; a letter or digit first. */
export type LayerId = string;
export type DriverState = 'stopped' | 'ready' | 'frozen' | 'gone';

export interface CallOptions {
  signal?: AbortSignal;
}

export interface SandboxStatus {
  id: SandboxId;
  state: Exclude<DriverState, 'gone'>;
  /** What its disk takes of the host's, in bytes. Absent where that cannot be told. */
  diskBytes?: number;
}

/** What a sandbox is made of. */
export interface SandboxSpec {
  /** Identity of an image that this driver's host has. */
  image: string;
  profile: Profile;
  hostname: string;
  limits: SandboxLimits;
  /** Laid over the image, the lowest first: at most `MAX_LAYERS`. Absent: none. */
  layers?: LayerId[];
  /** What it reaches besides itself; absent: nothing. Whoever runs the host may allow less, and then it has less. */
  network?: Exclude<Network, 'none'>;
}

/**
 * What a sandbox reaches. `none`: itself alone, and what its `init` forwards. `internet`: besides, DNS and TCP connections
 * to public addresses that are not the host's own; whatever else it tries is refused at once. Nobody reaches the sandbox.
 */
export type Network = 'none' | 'internet';

/** What every engine's overlay takes in one mount, and more than a lesson needs. */
export const MAX_LAYERS = 8;

/**
 * What a sandbox's processes may do. `standard`: what an ordinary user of a machine may. `containers`: besides, root in the
 * sandbox's own user namespace and a Docker Engine that starts when it is first used.
 */
export type Profile = 'standard' | 'containers';

export interface SandboxLimits {
  /** Memory of all processes and in-memory files together, in bytes. There is no swap. */
  memoryBytes: number;
  /** Processor time per time, in whole or part processors. */
  cpus: number;
  /** Processes and threads. */
  processes: number;
  /** Size of the writable disk in bytes, its file system's own needs included. */
  diskBytes: number;
  /** Files and directories the disk can hold. */
  inodes: number;
  /** Open files of one process. */
  openFiles: number;
  /** Bytes per second read from, and as many written to, the disk. */
  diskBytesPerSecond: number;
}

export interface SandboxStats {
  memoryBytes: number;
  processes: number;
  /** Processor time used since the start, in microseconds. */
  cpuMicroseconds: number;
  /** Part of its processors that it has: 1, or less where it is throttled. */
  processorShare: number;
  /** How often the kernel ended a process for lack of memory. */
  outOfMemoryKills: number;
}

/** In bytes. What is left is the whole machine's: programs besides the sandboxes take of it too. */
export interface HostCapacity {
  memory: {
    totalBytes: number;
    /** What programs can still have without anything being ended for it; what only caches hold counts as such. */
    availableBytes: number;
  };
  /** Where the sandboxes' disks are kept. */
  disk: { totalBytes: number; freeBytes: number };
}

export type DriverErrorCode =
  | 'unknown' // no sandbox of this id
  | 'not-running' // it is stopped or frozen
  | 'unsupported'
  | 'no-room' // no free id range, or as many sandboxes as are allowed
  | 'image-missing'
  | 'image-refused' // the image would endanger the host
  | 'layer-missing' // no layer of this name
  | 'layer-in-use'
  | 'layer-refused' // what the sandbox wrote cannot be a layer: too much, or not of its own ids
  | 'profile-unsupported' // the host lacks what sandboxes of this profile need
  | 'host-disk-full'
  | 'host-exhausted' // no descriptors, memory or processes are left for one more
  | 'start-failed'
  | 'start-timeout'
  | 'unavailable'; // what runs the sandboxes cannot be reached: try again

/** The one error a driver rejects with. `message` is for the operator's log, never for a learner. */
export class DriverError extends Error {
  override name = 'DriverError';
  readonly code: DriverErrorCode;

  constructor(code: DriverErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

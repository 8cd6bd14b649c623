/**
 * What the gateway (driver.ts) and the supervisor say to each other over the supervisor's Unix socket: one JSON object a
 * line. Requests carry a number that the answer repeats; answers come in any order. Both ends validate.
 */
import { z } from 'zod';
import { REQUEST_ID } from '../../request.ts';
import { MAX_LAYERS, type DriverErrorCode } from '../driver.ts';

/** Longest line in bytes: `list` of some thousand sandboxes fits. */
export const MAX_LINE_BYTES = 1024 * 1024;

export const sandboxId = z.string().regex(/^[0-9a-hjkmnp-tv-z]{26}$/, 'a sandbox id has 26 characters');

/** A folder's name: what starts with a dot is unfinished. */
export const layerId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, 'not the name of a layer');

const requestId = z.string().regex(REQUEST_ID, 'not the id of a request');

const positive = z.number().int().positive();

export const sandboxSpec = z.strictObject({
  image: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,127}$/),
  profile: z.enum(['standard', 'containers']),
  hostname: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  limits: z.strictObject({
    memoryBytes: positive,
    cpus: z.number().positive(),
    processes: positive,
    diskBytes: positive,
    inodes: positive,
    openFiles: positive,
    diskBytesPerSecond: positive,
  }),
  layers: z.array(layerId).max(MAX_LAYERS).exactOptional(),
  network: z.literal('internet').exactOptional(),
});

const n = z.number().int().nonnegative();
/** `request`: for which request of a browser's, for the log. */
const asked = <Op extends string>(op: Op) =>
  z.strictObject({ n, request: requestId.exactOptional(), op: z.literal(op) });
const byId = <Op extends string>(op: Op) => asked(op).extend({ id: sandboxId });

export const supervisorRequest = z.discriminatedUnion('op', [
  asked('create').extend({ id: sandboxId, spec: sandboxSpec }),
  byId('start'),
  byId('freeze'),
  byId('thaw'),
  byId('stop'),
  byId('destroy'),
  byId('status'),
  byId('stats'),
  byId('throttle').extend({ share: z.number().positive().max(1) }),
  asked('list'),
  asked('snapshot').extend({ id: sandboxId, layer: layerId }),
  asked('layers'),
  asked('removeLayer').extend({ layer: layerId }),
  asked('capacity'),
]);
export type SupervisorRequest = z.infer<typeof supervisorRequest>;

const DRIVER_ERROR_CODES = [
  'unknown',
  'not-running',
  'unsupported',
  'no-room',
  'image-missing',
  'image-refused',
  'layer-missing',
  'layer-in-use',
  'layer-refused',
  'profile-unsupported',
  'host-disk-full',
  'host-exhausted',
  'start-failed',
  'start-timeout',
  'unavailable',
] as const satisfies DriverErrorCode[];

export const driverErrorCode = z.enum(DRIVER_ERROR_CODES);

export const supervisorAnswer = z.union([
  z.strictObject({ n, ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ n, ok: z.literal(false), code: driverErrorCode, message: z.string() }),
]);

const runningState = z.enum(['stopped', 'ready', 'frozen']);
export const statusValue = z.enum(['stopped', 'ready', 'frozen', 'gone']);
export const listValue = z.array(z.strictObject({ id: sandboxId, state: runningState, diskBytes: n.exactOptional() }));
export const layersValue = z.array(layerId);
export const statsValue = z.strictObject({
  memoryBytes: n,
  processes: n,
  cpuMicroseconds: n,
  processorShare: z.number().positive().max(1),
  outOfMemoryKills: n,
});
export const capacityValue = z.strictObject({
  memory: z.strictObject({ totalBytes: n, availableBytes: n }),
  disk: z.strictObject({ totalBytes: n, freeBytes: n }),
});

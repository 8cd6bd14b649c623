/** Layers on the host's disk: what sandboxes wrote, stored for others to be made with, one folder a layer. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecoveryLog } from '../../../recovery-log.ts';
import { DriverError } from '../../driver.ts';
import { KeyedQueue } from '../keyed-queue.ts';
import { driverErrorCode, layerId } from '../protocol.ts';
import { refuseFullHost } from './host-space.ts';
import type { IdRange } from './id-ranges.ts';
import { parseJson } from './launch.ts';
import { removeUnfinished } from './unfinished.ts';
import { runTool } from './run-tool.ts';

/** Prefix of a folder that is being made or removed; what is left of one after a crash is removed. */
const UNFINISHED = '.half-';

/** How long the copying may take, in milliseconds: less than the driver waits for its answer. */
const COPY_MS = 25_000;

/** What the native program's `layer` prints (native/launch/layer.go). */
const answer = z.union([
  z.object({ ok: z.literal(true), bytes: z.number(), inodes: z.number() }),
  z.object({ ok: z.literal(false), code: driverErrorCode.catch('layer-refused'), message: z.string() }),
]);

/** Where what a layer is to hold lies: no process may write there while it is stored. */
export interface LayerSource {
  disk: string;
  ids: IdRange;
}

export class Layers {
  private readonly paths: { layers: string; native: string; mountpoint: string };
  private readonly known = new Set<string>();
  private readonly queue = new KeyedQueue();

  private readonly leaveFreeBytes: number;

  private constructor(paths: Layers['paths'], leaveFreeBytes: number) {
    this.paths = paths;
    this.leaveFreeBytes = leaveFreeBytes;
  }

  /** Reads what exists, and removes what was never finished. With less than `leaveFreeBytes` on the host none is made. */
  static async open(paths: Layers['paths'], leaveFreeBytes: number, recovery: RecoveryLog): Promise<Layers> {
    const layers = new Layers(paths, leaveFreeBytes);
    await mkdir(paths.layers, { recursive: true, mode: 0o700 });
    for (const name of await readdir(paths.layers)) {
      if (name.startsWith(UNFINISHED)) await removeUnfinished(paths.layers, name, 'layer', recovery);
      else if (layerId.safeParse(name).success) layers.known.add(name);
    }
    return layers;
  }

  has(layer: string): boolean {
    return this.known.has(layer);
  }

  ids(): string[] {
    return [...this.known];
  }

  path(layer: string): string {
    return join(this.paths.layers, layer);
  }

  /** What is there already is not stored again. Resolves to what it holds, or undefined. */
  store(layer: string, source: LayerSource): Promise<{ bytes: number; inodes: number } | undefined> {
    return this.queue.run(layer, async () => {
      if (this.has(layer)) return undefined;
      await refuseFullHost(this.paths.layers, this.leaveFreeBytes);
      const half = this.path(UNFINISHED + layer);
      try {
        await rm(half, { recursive: true, force: true });
        await mkdir(half, { mode: 0o700 });
        const stored = await this.copy(source, half);
        await rename(half, this.path(layer));
        this.known.add(layer);
        return stored;
      } catch (error) {
        await rm(half, { recursive: true, force: true });
        throw error;
      }
    });
  }

  /** Nobody may be using it, nor begin to. */
  remove(layer: string): Promise<void> {
    this.known.delete(layer);
    return this.queue.run(layer, async () => {
      const half = this.path(UNFINISHED + layer);
      await rename(this.path(layer), half).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      await rm(half, { recursive: true, force: true });
    });
  }

  private async copy({ disk, ids }: LayerSource, target: string): Promise<{ bytes: number; inodes: number }> {
    const { native, mountpoint } = this.paths;
    const spec = JSON.stringify({ disk, ids, mountpoint, target });
    const result = await runTool(native, ['layer'], spec, COPY_MS);
    const parsed = answer.safeParse(parseJson(result.stdout));
    if (!parsed.success) {
      throw new DriverError(
        'unavailable',
        `storing a layer ended with status ${result.status}: ${result.stderr.trim()}`,
      );
    }
    if (!parsed.data.ok) throw new DriverError(parsed.data.code, parsed.data.message);
    const { bytes, inodes } = parsed.data;
    return { bytes, inodes };
  }
}

/** Writes and reads OCI image layouts: a folder of blobs named by their digests, with an index of manifests. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Of a blob, as manifests name it. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
}

export interface Manifest {
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
}

export interface Layer extends Descriptor {
  /** Digest of the archive before it is compressed. */
  diffId: string;
}

/** The `config` of an OCI image configuration. */
export interface RunConfig {
  User?: string;
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
  WorkingDir?: string;
  Labels: Record<string, string>;
}

export const blobPath = (layout: string, digest: string) => join(layout, 'blobs', ...digest.split(':'));

/**
 * The tree as one compressed archive. The same tree gives the same bytes: names are in order, nothing in the archive is
 * the archiver's, and no time is later than `newest` (seconds since 1970).
 */
export async function writeLayer(layout: string, tree: string, newest: number, signal?: AbortSignal): Promise<Layer> {
  const blobs = join(layout, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const args = [
    '--create',
    `--directory=${tree}`,
    '--sort=name',
    '--format=posix',
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
    '--numeric-owner',
    '--xattrs',
    '--xattrs-include=security.capability',
    `--mtime=@${newest}`,
    '--clamp-mtime',
    '.',
  ];
  const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', (status) => (status === 0 ? resolve() : reject(new Error(`tar ended with ${status}`))));
  });
  const plain = counting();
  const packed = counting();
  const half = join(blobs, '.layer');
  const options = signal ? { signal } : {};
  await Promise.all([
    pipeline(tar.stdout, plain.stream, createGzip(), packed.stream, createWriteStream(half), options),
    ended,
  ]);
  const digest = packed.digest();
  renameSync(half, blobPath(layout, digest));
  return { mediaType: LAYER, digest, size: packed.size(), diffId: plain.digest() };
}

function counting() {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, digest: () => `sha256:${hash.digest('hex')}`, size: () => size };
}

/** Configuration, manifest and index of an image of one layer. */
export function writeImage(layout: string, layer: Layer, config: RunConfig, created: Date): void {
  const { diffId, ...descriptor } = layer;
  const configuration = writeBlob(layout, CONFIG, {
    created: created.toISOString(),
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created: created.toISOString(), created_by: 'slipway image build' }],
  });
  const manifest = writeBlob(layout, MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: configuration,
    layers: [descriptor],
  });
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
}

function writeBlob(layout: string, mediaType: string, content: object): Descriptor {
  const bytes = Buffer.from(JSON.stringify(content));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  writeFileSync(blobPath(layout, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** The one manifest of the layout. */
export function readManifest(layout: string): { descriptor: Descriptor; bytes: Buffer; manifest: Manifest } {
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
  if (manifests.length !== 1) throw new Error(`${layout} holds ${manifests.length} images, and one was expected`);
  const descriptor = manifests[0]!;
  const bytes = readFileSync(blobPath(layout, descriptor.digest));
  return { descriptor, bytes, manifest: JSON.parse(bytes.toString()) as Manifest };
}

export const layoutDigest = (layout: string) => readManifest(layout).descriptor.digest;

export function layoutSize(layout: string): number {
  const blobs = join(layout, 'blobs', 'sha256');
  return readdirSync(blobs).reduce((sum, name) => sum + statSync(join(blobs, name)).size, 0);
}

/** Pushes an OCI image layout to a registry. What is there already is not sent again. */
import { createReadStream } from 'node:fs';

import { ask, type RegistryAnswer, RegistryError } from './client.ts';
import { blobPath, type Descriptor, readManifest } from './images/layout.ts';

export interface Publication {
  layout: string;
  /** Of a registry that allows writes. */
  socket: string;
  /** `library/busybox`. */
  repository: string;
  tags: readonly string[];
}

/** `kept`: every tag pointed to it before. Rejects with a `RegistryError`. */
export async function publish({ layout, socket, repository, tags }: Publication): Promise<'published' | 'kept'> {
  const { descriptor, bytes, manifest } = readManifest(layout);
  const missing: string[] = [];
  for (const tag of tags) {
    if ((await digestOf(socket, repository, tag, descriptor)) !== descriptor.digest) missing.push(tag);
  }
  if (missing.length === 0) return 'kept';
  for (const blob of [...manifest.layers, manifest.config]) await pushBlob({ layout, socket, repository }, blob);
  for (const tag of missing) {
    const answer = await ask({
      socket,
      method: 'PUT',
      path: `/v2/${repository}/manifests/${tag}`,
      headers: { 'content-type': descriptor.mediaType, 'content-length': String(bytes.length) },
      body: bytes,
    });
    expect(answer, 201, `the manifest of ${repository}:${tag}`);
  }
  return 'published';
}

async function digestOf(socket: string, repository: string, tag: string, { mediaType }: Descriptor) {
  const path = `/v2/${repository}/manifests/${tag}`;
  const { status, headers } = await ask({ socket, method: 'HEAD', path, headers: { accept: mediaType } });
  return status === 200 ? headers['docker-content-digest'] : undefined;
}

async function pushBlob({ layout, socket, repository }: Omit<Publication, 'tags'>, { digest, size }: Descriptor) {
  const there = await ask({ socket, method: 'HEAD', path: `/v2/${repository}/blobs/${digest}` });
  if (there.status === 200) return;
  const begun = await ask({
    socket,
    method: 'POST',
    path: `/v2/${repository}/blobs/uploads/`,
    headers: { 'content-length': '0' },
  });
  expect(begun, 202, `an upload to ${repository}`);
  const place = new URL(String(begun.headers['location']), 'http://registry');
  place.searchParams.set('digest', digest);
  const sent = await ask({
    socket,
    method: 'PUT',
    path: place.pathname + place.search,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    body: createReadStream(blobPath(layout, digest)),
  });
  expect(sent, 201, `the blob ${digest} of ${repository}`);
}

function expect({ status, body }: RegistryAnswer, wanted: number, what: string): void {
  if (status === wanted) return;
  throw new RegistryError(`The registry refused ${what} with ${status}: ${body.toString().slice(0, 500)}`);
}

/** The stage that makes the class registry's images, each once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  buildEnvironment,
  debianCommand,
  DEFAULT_PATH,
  makeMountPoints,
  newestFile,
  setupCommand,
  setupEnvironment,
  tidy,
  versionsIn,
} from '../../registry/images/debian.ts';
import type { RegistryImage } from '../../registry/images/discover.ts';
import { dockerfileCommands } from '../../registry/images/dockerfile.ts';
import { basesOf, identityOf } from '../../registry/images/identity.ts';
import { labelsOf } from '../../registry/images/labels.ts';
import { writeImage, writeLayer } from '../../registry/images/layout.ts';
import { pullCommand, removeHalfBlobs } from '../../registry/images/pull.ts';
import { type Source, sourceOf } from '../../registry/images/schema.ts';
import { beginRegistryImage, endRegistryImage, layoutOf, readShelf, whyBuilt } from '../../registry/images/shelf.ts';
import { readHostSources, sourcesFor } from '../../sandbox/images/apt-sources.ts';
import { createProgressReader } from '../../sandbox/images/debian.ts';
import { sizeText } from '../doctor/probe.ts';
import type { Progress, Report } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import { hostAptOptions } from './images.ts';

export const shelfIn = (data: string) => join(data, 'supervisor', 'registry-images');

export interface MadeImages {
  made: { image: RegistryImage; layout: string }[];
  /** Of other sources than were asked for, and what is FROM one of these. */
  missing: RegistryImage[];
}

interface Build {
  image: RegistryImage;
  half: string;
  bases: readonly { image: RegistryImage; layout: string }[];
  progress: Progress;
}

/** Makes those of the given sources that are not there yet. */
export async function makeRegistryImages(
  images: readonly RegistryImage[],
  data: string,
  sources: readonly Source[],
  report: Report,
): Promise<MadeImages> {
  const shelf = shelfIn(data);
  const made: MadeImages['made'] = [];
  const missing: RegistryImage[] = [];
  for (const image of images) {
    const { name } = image.description;
    const source = sourceOf(image.description);
    const identity = identityOf(image, images);
    const onShelf = readShelf(shelf);
    const there = onShelf.find(({ id }) => id === identity.id);
    const bases = basesOf(image, images);
    if (!there && (!sources.includes(source) || bases.some((base) => missing.includes(base)))) {
      missing.push(image);
      continue;
    }
    await report.stage('Registry image', async ({ progress, result }) => {
      if (there) return result(`${name} is up to date`);
      const half = beginRegistryImage(shelf, identity.id, source === 'pull' ? 'kept' : 'removed');
      const layouts = made.filter((base) => bases.includes(base.image));
      await BUILDERS[source]({ image, half, bases: layouts, progress });
      const { sizeBytes } = endRegistryImage(shelf, identity, { name, source, builtAt: new Date() });
      result(`${name} ${DONE[source]} (${whyBuilt(onShelf, name, identity)}), ${sizeText(sizeBytes)}`);
    });
    made.push({ image, layout: layoutOf(shelf, identity.id) });
  }
  return { made, missing };
}

const DONE: Record<Source, string> = { debian: 'built', dockerfile: 'built', pull: 'pulled' };

const BUILDERS: Record<Source, (build: Build) => Promise<void>> = {
  debian: buildFromDebian,
  dockerfile: buildFromDockerfile,
  pull,
};

async function buildFromDebian({ image: { description, folder }, half, progress }: Build): Promise<void> {
  const debian = description.debian!;
  const rootfs = join(half, 'rootfs');
  const sourcesFile = join(half, 'sources.list');
  writeFileSync(sourcesFile, sourcesFor(debian.suite, readHostSources()));
  const began = new Date();
  const lines: string[] = [];
  const show = createProgressReader(progress);
  const mend = `Check the network and ${description.name} in ${join(folder, 'image.yaml')}, then start again: what is done stays.`;
  const failed = `The registry image ${description.name} could not be built.`;
  const [command, ...args] = debianCommand({ debian, rootfs, sourcesFile, aptOptions: hostAptOptions() });
  await runTool(command, args, {
    env: buildEnvironment(debian, process.env),
    onLine: (line) => {
      if (line.startsWith('Get:')) lines.push(line);
      show(line);
    },
    keep: (line) => /^(E:|W:|Err:|dpkg)/.test(line),
    failed,
    mend,
  });
  makeMountPoints(rootfs);
  for (const argv of debian.setup) {
    progress(argv.join(' '), 0.96);
    const [program, ...rest] = setupCommand(rootfs, argv);
    await runTool(program, rest, { env: setupEnvironment(description), failed, mend });
  }
  const versions = versionsIn(rootfs, debian, lines);
  tidy(rootfs, debian);
  const newest = newestFile(rootfs, began);
  progress('Packing', 0.98);
  const layer = await writeLayer(join(half, 'layout'), rootfs, newest);
  const { cmd, entrypoint, env, workdir, user } = description;
  const config = {
    ...(user && { User: user }),
    Env: Object.entries({ PATH: DEFAULT_PATH, ...env }).map((pair) => pair.join('=')),
    ...(entrypoint && { Entrypoint: entrypoint }),
    ...(cmd && { Cmd: cmd }),
    ...(workdir && { WorkingDir: workdir }),
    Labels: labelsOf(description, versions),
  };
  writeImage(join(half, 'layout'), layer, config, new Date(newest * 1000));
}

async function buildFromDockerfile({ image: { description, folder }, half, bases, progress }: Build): Promise<void> {
  const { commands, env } = dockerfileCommands({
    folder: join(folder, description.dockerfile!),
    half,
    reference: `${hubName(description.name)}:${description.tags[0]}`,
    labels: labelsOf(description),
    bases: bases.flatMap(({ image: base, layout }) =>
      base.description.tags.map((tag) => ({ reference: `${hubName(base.description.name)}:${tag}`, layout })),
    ),
  });
  for (const [program, ...args] of commands) {
    await runTool(program!, args, {
      env: { ...process.env, ...env },
      onLine: (line) => progress(line),
      failed: `The registry image ${description.name} could not be built.`,
      mend: `Check ${join(folder, description.dockerfile!, 'Dockerfile')}, then start again: what is done stays.`,
    });
  }
}

const hubName = (name: string) => `docker.io/${name.includes('/') ? name : `library/${name}`}`;

async function pull({ image: { description }, half, progress }: Build): Promise<void> {
  const layout = join(half, 'layout');
  removeHalfBlobs(layout);
  const [program, ...args] = pullCommand(description.pull!, layout);
  await runTool(program!, args, {
    onLine: (line) => progress(line),
    failed: `${description.pull} could not be pulled.`,
    mend: 'Connect this host to the internet, then: slipway image pull. It goes on where it was.',
  });
}

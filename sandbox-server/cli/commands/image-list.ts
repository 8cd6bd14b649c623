import { join } from 'node:path';

import { folderSize } from '../../registry/store.ts';
import { identityOf } from '../../registry/images/identity.ts';
import { sourceOf } from '../../registry/images/schema.ts';
import { readShelf } from '../../registry/images/shelf.ts';
import { imageIdentity } from '../../sandbox/images/identity.ts';
import { imagesInUse, readImage } from '../../sandbox/images/shelf.ts';
import type { Command, CommandContext } from '../command.ts';
import { sizeText } from '../doctor/probe.ts';
import { Failure } from '../plain/report.mjs';
import { type DescribedImages, describedImages } from '../stages/described-images.ts';
import { shelfIn } from '../stages/registry-images.ts';

export const command: Command = {
  name: 'image list',
  summary: 'Shows the courses’ images: which are there, how large, since when.',
  flags: {},
  async run({ settings, host, report }: CommandContext) {
    if (!host.root) throw new Failure({ what: 'The folders of images are root’s.', mend: 'Run it with sudo.' });
    const described = describedImages([settings.lessons]);
    const rows = [...sandboxRows(described, settings.data), ...registryRows(described, settings.data)];
    if (rows.length === 0) report.note(`No course in ${settings.lessons} describes an image.`);
    else process.stdout.write(table([HEAD, ...rows]));
    return 0;
  },
};

const HEAD = ['Name', 'Kind', 'Profile or tags', 'Size', 'Built', 'In use by'];

function sandboxRows({ sandbox }: DescribedImages, data: string): string[][] {
  const supervisorData = join(data, 'supervisor');
  const shelf = join(supervisorData, 'images');
  const used = imagesInUse(join(supervisorData, 'sandboxes')) ?? [];
  return sandbox.map((image) => {
    const { name, profile } = image.description;
    const id = imageIdentity(image);
    const built = readImage(shelf, id);
    const start = [name, 'sandbox', profile];
    if (!built) return [...start, '', 'not built yet: slipway image build', ''];
    const count = used.filter((one) => one === id).length;
    return [
      ...start,
      sizeText(folderSize(join(shelf, id))),
      day(built.builtAt),
      count === 1 ? '1 sandbox' : `${count} sandboxes`,
    ];
  });
}

function registryRows({ registry }: DescribedImages, data: string): string[][] {
  const shelf = readShelf(shelfIn(data));
  return registry.map((image) => {
    const { name, tags, pull } = image.description;
    const { id } = identityOf(image, registry);
    const built = shelf.find((one) => one.id === id);
    const start = [name, `registry, ${sourceOf(image.description)}`, tags.join(' ')];
    if (built) return [...start, sizeText(built.sizeBytes), day(built.builtAt), ''];
    return [...start, '', pull ? 'not pulled yet: slipway image pull' : 'not built yet: slipway image build', ''];
  });
}

const day = (iso: string) => iso.slice(0, 16).replace('T', ' ');

function table(rows: readonly string[][]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

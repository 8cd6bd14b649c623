/** Small OCI images for tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeImage, writeLayer } from '../../sandbox-server/registry/images/layout.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** An image with one file that holds the text. Returns its layout's folder. */
export async function imageLayout(text: string, layout = join(temporaryFolder(), 'layout')): Promise<string> {
  const tree = temporaryFolder();
  mkdirSync(join(tree, 'etc'));
  writeFileSync(join(tree, 'etc/motd'), text);
  const layer = await writeLayer(layout, tree, 1_000_000_000);
  writeImage(layout, layer, { Cmd: ['sh'], Labels: {} }, new Date(0));
  return layout;
}

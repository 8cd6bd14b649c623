/** Images that ask for a network which whoever runs the server does not allow. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Problem } from '../../../site/course/problem.ts';
import type { Network } from '../driver.ts';
import { type CourseImage, IMAGE_FILE } from './discover.ts';

export function refusedNetworks(images: readonly CourseImage[], allowed: readonly Network[]): Problem[] {
  return images
    .filter(({ description: { network } }) => network !== 'none' && !allowed.includes(network))
    .map(({ folder, description: { network } }) => {
      const file = join(folder, IMAGE_FILE);
      const line = readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((text) => /^network\s*:/.test(text));
      return {
        file,
        line: line + 1 || 1,
        column: 1,
        what: `sandboxes of this image ask for ${network}, which the setting networks does not allow`,
        expected: `one of: ${[...new Set(['none', ...allowed])].join(', ')}`,
        mend: `Whoever runs the server allows it with --networks ${network}; or leave the line out.`,
      };
    });
}

import { findProgram } from '../plain/debian-packages.mjs';
import { type Finding, lack, ok } from './finding.ts';
import { tryProgram } from './probe.ts';

export async function examineRuntimes(wanted: 'auto' | 'crun' | 'runc'): Promise<Finding> {
  const names = wanted === 'auto' ? ['crun', 'runc'] : [wanted];
  const found = await Promise.all(
    names.map(async (name) => {
      const path = findProgram(name);
      if (!path) return [];
      const { output } = await tryProgram(path, '--version');
      return [`${name} ${/(\d[\w.+~-]*)/.exec(output)?.[1] ?? 'of unknown version'}`];
    }),
  );
  const there = found.flat();
  if (there.length > 0) return ok('Container runtime', there.join(', '));
  return { ...lack('Container runtime', 'none', `apt-get install ${names.join(' ')}`), mendedByStart: true };
}

export function examineTools(): Finding {
  if (findProgram('mkfs.ext4')) return ok('mkfs.ext4', 'there');
  return { ...lack('mkfs.ext4', 'missing', 'apt-get install e2fsprogs'), mendedByStart: true };
}

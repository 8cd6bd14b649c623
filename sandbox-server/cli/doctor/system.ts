import { statSync } from 'node:fs';
import { release } from 'node:os';

import { type Finding, lack, ok, warn } from './finding.ts';
import { readText, tryProgram } from './probe.ts';

/** From this kernel on an overlay takes idmapped layers. */
const LEAST_KERNEL = [5, 19] as const;

export function examineSystem(): Finding {
  const fields = parseOsRelease(readText('/etc/os-release') ?? '');
  const name = fields['PRETTY_NAME'] ?? 'unknown';
  const tried =
    (fields['ID'] === 'debian' && Number(fields['VERSION_ID']) >= 12) ||
    (fields['ID'] === 'ubuntu' && Number(fields['VERSION_ID']) >= 24);
  return tried
    ? ok('System', name)
    : warn(
        'System',
        name,
        'Slipway is made for Debian 12 and 13 and Ubuntu 24.04; on others install its Debian packages’ like by hand.',
      );
}

export function parseOsRelease(text: string): Record<string, string> {
  const fields = [...text.matchAll(/^(\w+)=(?:"(.*)"|(.*))$/gm)];
  return Object.fromEntries(fields.map(([, name, quoted, plain]) => [name, quoted ?? plain ?? '']));
}

export function examineKernel(version = release()): Finding {
  const mend =
    'Boot a newer kernel: on Debian 11, for example, the one from bookworm-backports or an upgrade to Debian 12.';
  return isKernelNewEnough(version)
    ? ok('Kernel', version)
    : lack('Kernel', `${version}; ${LEAST_KERNEL.join('.')} is needed`, mend);
}

export function isKernelNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > LEAST_KERNEL[0] || (major === LEAST_KERNEL[0] && minor >= LEAST_KERNEL[1]);
}

/** Parts of the kernel that may be modules. Those that load by themselves when they are first used count as there. */
export async function examineModules(): Promise<Finding[]> {
  const filesystems = readText('/proc/filesystems') ?? '';
  const hasFilesystem = async (name: string) =>
    new RegExp(`\\b${name}$`, 'm').test(filesystems) || (await canLoad(name));
  const hasDevice = async (path: string, module: string) =>
    statSync(path, { throwIfNoEntry: false })?.isCharacterDevice() || (await canLoad(module));
  const [overlay, ext4, loop, fuse, tun] = await Promise.all([
    hasFilesystem('overlay'),
    hasFilesystem('ext4'),
    hasDevice('/dev/loop-control', 'loop'),
    hasDevice('/dev/fuse', 'fuse'),
    hasDevice('/dev/net/tun', 'tun'),
  ]);
  const needed = { overlay, ext4, loop };
  const later = { fuse, tun };
  return [
    ...Object.entries(needed).map(([name, there]) =>
      there
        ? ok(`Kernel: ${name}`, 'there')
        : lack(`Kernel: ${name}`, 'missing', `modprobe ${name}; if that fails, boot a distribution’s own kernel.`),
    ),
    ...Object.entries(later).map(([name, there]) =>
      there
        ? ok(`Kernel: ${name}`, 'there')
        : warn(
            `Kernel: ${name}`,
            'missing',
            `Only lessons that run a container engine inside their sandbox use it: modprobe ${name}.`,
          ),
    ),
  ];
}

const canLoad = async (module: string) => (await tryProgram('modprobe', '--dry-run', '--quiet', module)).ok;

/** What sandboxes need that reach the internet; nothing to look at where no course has such. */
import { statSync } from 'node:fs';
import type { Settings } from '../../config.ts';
import { refusedNetworks } from '../../sandbox/images/networks.ts';
import { findProgram, NETWORK_PACKAGES } from '../plain/debian-packages.mjs';
import { Failure } from '../plain/report.mjs';
import { courseOf, type CourseImage } from '../../sandbox/images/discover.ts';
import { describedImages } from '../stages/described-images.ts';
import { type Finding, lack, ok } from './finding.ts';
import { readText, tryProgram } from './probe.ts';

/** What the gate between a sandbox and the host is made of, tried in a network namespace that goes with the program. */
const GATE =
  'ip link add in type veth && tc qdisc add dev in root tbf rate 1mbit burst 64k latency 50ms && ' +
  'nft "table inet t { chain f { type filter hook forward priority 0; ct state new ct count over 1 reject; }; ' +
  'chain p { type nat hook postrouting priority 100; masquerade; }; }"';

export async function examineNetwork({
  lessons,
  networks,
}: Pick<Settings, 'lessons' | 'networks'>): Promise<Finding[]> {
  const images = imagesIn(lessons).filter(({ description }) => description.network !== 'none');
  if (images.length === 0) return [];
  const refused = refusedNetworks(images, networks);
  if (refused.length > 0) {
    const courses = images.map(courseOf).join(', ');
    return [
      lack(
        'Networks',
        `${courses}: ${refused[0]!.what}`,
        'Start with --networks internet where you trust who can reach them with your connection, or change their image.yaml.',
      ),
    ];
  }
  return [ok('Networks', networks.join(', ')), await examineGate(), examineResolver()];
}

async function examineGate(): Promise<Finding> {
  const name = 'Way to the internet';
  const missing = NETWORK_PACKAGES.filter(({ program }) => !findProgram(program!));
  if (missing.length > 0) {
    const names = missing.map((each) => each.name).join(' ');
    return { ...lack(name, `without ${names}`, `apt-get install ${names}`), mendedByStart: true };
  }
  if (!statSync('/sys/class/misc/tun', { throwIfNoEntry: false }) && !(await tryProgram('modprobe', 'tun')).ok)
    return lack(name, 'the kernel has no tun', 'modprobe tun; if that fails, boot a distribution’s own kernel.');
  const { ok: works, output } = await tryProgram('unshare', '--net', '--', 'sh', '-c', GATE);
  return works
    ? ok(name, 'slirp4netns, nftables')
    : lack(name, output, 'Boot a distribution’s own kernel, with its modules for nftables, veth and traffic control.');
}

/** slirp4netns asks the first resolver of the host's that has an IPv4 address. */
export function examineResolver(file = readText('/etc/resolv.conf') ?? ''): Finding {
  const resolver = /^\s*nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/m.exec(file)?.[1];
  return resolver
    ? ok('Resolver', resolver)
    : lack('Resolver', 'none with an IPv4 address', 'Name one in /etc/resolv.conf: sandboxes’ questions go to it.');
}

function imagesIn(lessons: string): CourseImage[] {
  try {
    return describedImages([lessons]).sandbox;
  } catch (error) {
    if (error instanceof Failure) return []; // told where images are built
    throw error;
  }
}

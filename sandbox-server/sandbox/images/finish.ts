/** Turns a fresh Debian tree into a sandbox's root file system. */
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Profile } from '../driver.ts';
import { ImageProblem } from './discover.ts';
import { layOver } from './lay-over.ts';
import { type ImageDescription, LEARNER_ID } from './schema.ts';

/** The runtime mounts over them. What an image has there is a way to trick it (CVE-2025-31133 and its like). */
const MOUNT_POINTS = ['dev', 'proc', 'sys'];
/** What only the build needed, and what names the host that it ran on. */
const TRACES = ['etc/apt/sources.list.d', 'var/cache', 'var/lib/apt/lists', 'var/log'];

/** Groups that the learner is in: who may call the engine, and who may become root. */
const GROUPS: Record<Profile, readonly string[]> = { standard: [], containers: ['docker', 'sudo'] };

const HOSTS = '127.0.0.1 localhost\n127.0.1.1 slip\n::1 localhost ip6-localhost ip6-loopback\n';

/** `overlays`: folders whose content is laid over the root, in order. */
export function finishRootfs(rootfs: string, { user, profile }: ImageDescription, overlays: readonly string[]): void {
  const replace = (path: string, text: string) => {
    rmSync(join(rootfs, path), { force: true });
    writeFileSync(join(rootfs, path), text, { mode: 0o644 });
  };
  for (const folder of [...MOUNT_POINTS, ...TRACES]) emptyFolder(join(rootfs, folder));
  replace('etc/machine-id', '');
  replace('etc/hostname', 'slip\n');
  replace('etc/hosts', HOSTS);
  replace('etc/resolv.conf', '');

  const home = `home/${user.name}`;
  appendFileSync(join(rootfs, 'etc/passwd'), `${user.name}:x:${LEARNER_ID}:${LEARNER_ID}::/${home}:/bin/bash\n`);
  // No password, and an account that is not expired: without an entry sudo refuses.
  appendFileSync(join(rootfs, 'etc/shadow'), `${user.name}:*:1:0:99999:7:::\n`);
  appendFileSync(join(rootfs, 'etc/group'), `${user.name}:x:${LEARNER_ID}:\n`);
  joinGroups(join(rootfs, 'etc/group'), user.name, GROUPS[profile]);
  appendFileSync(join(rootfs, 'etc/bash.bashrc'), '\n. /etc/slipway/bashrc\n');
  mkdirSync(join(rootfs, home));

  const owners = { [home]: LEARNER_ID };
  layOver(join(rootfs, 'etc/skel'), rootfs, home, owners);
  for (const overlay of overlays) layOver(overlay, rootfs, '', owners);
  chmodSync(join(rootfs, home), 0o750);
}

/** Lines of /etc/group are `name:password:id:member,member`. The packages made these groups, with no member. */
function joinGroups(path: string, user: string, groups: readonly string[]): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  const joined = lines.map((line) => (groups.includes(line.split(':')[0]!) ? `${line}${user}` : line));
  writeFileSync(path, joined.join('\n'));
}

function emptyFolder(folder: string): void {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat) return void mkdirSync(folder, { recursive: true });
  if (!stat.isDirectory())
    throw new ImageProblem(`${folder} is not a folder: an image that has a link there is refused.`);
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}

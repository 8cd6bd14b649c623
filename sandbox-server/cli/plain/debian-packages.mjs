// The Debian packages that Slipway needs and why. Plain JavaScript, because `--no-install` lists them before a single npm
// package is there. What counts is the program, not the package: who has Go from elsewhere keeps it.
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

export const DEBIAN_PACKAGES = [
  { name: 'crun', program: 'crun', reason: 'starts the containers; the faster of two runtimes', runtime: true },
  {
    name: 'runc',
    program: 'runc',
    reason: 'starts the containers on hosts whose control groups crun cannot use',
    runtime: true,
  },
  { name: 'mmdebstrap', program: 'mmdebstrap', reason: 'makes the courses’ sandbox images from Debian packages' },
  {
    name: 'debian-archive-keyring',
    file: '/usr/share/keyrings/debian-archive-keyring.gpg',
    reason: 'checks the signatures of those packages',
  },
  { name: 'e2fsprogs', program: 'mkfs.ext4', reason: 'makes learners’ disks' },
  { name: 'passwd', program: 'useradd', reason: 'makes the user that serves the network' },
  { name: 'golang-go', program: 'go', reason: 'builds the native program that runs inside and around each sandbox' },
];

/** Needed only where a course's image.yaml has that use for them. */
export const REGISTRY_PACKAGES = [
  {
    name: 'docker-registry',
    program: 'docker-registry',
    reason: 'the class registry, which learners’ container engines fetch images from and push them to',
    uses: ['registry'],
  },
  {
    name: 'skopeo',
    program: 'skopeo',
    reason: 'fetches images of other registries (`pull` in image.yaml), and hands images to buildah',
    uses: ['pull', 'dockerfile'],
  },
  {
    name: 'buildah',
    program: 'buildah',
    reason: 'builds the class registry’s images that have a Dockerfile (`dockerfile` in image.yaml)',
    uses: ['dockerfile'],
  },
];

export const NETWORK_PACKAGES = [
  {
    name: 'slirp4netns',
    program: 'slirp4netns',
    reason: 'takes sandboxes to the internet, without root (`network: internet` in image.yaml)',
    uses: ['internet'],
  },
  { name: 'nftables', program: 'nft', reason: 'keeps those sandboxes from private networks', uses: ['internet'] },
  { name: 'iproute2', program: 'ip', reason: 'makes their network devices, and holds their rate', uses: ['internet'] },
];

export const TEST_PACKAGES = [
  { name: 'chromium', program: 'chromium', reason: 'the browser of the browser tests' },
  {
    name: 'stress-ng',
    program: 'stress-ng',
    reason: 'what the bench of bombs runs in one sandbox, beside its neighbours',
  },
  { name: 'strace', program: 'strace', reason: 'lets system calls fail, as on a host that has no memory left' },
  { name: 'caddy', program: 'caddy', reason: 'stands before the server in tests of https' },
  { name: 'git', program: 'git', reason: 'what multi-git runs, a lesson’s program that is tested with the rest' },
];

export function findProgram(program, env = process.env) {
  const folders = [...(env.PATH ?? '').split(':'), ...SYSTEM_FOLDERS].filter(Boolean);
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function missingPackages({ tests = false, uses = [] } = {}) {
  const optional = [...REGISTRY_PACKAGES, ...NETWORK_PACKAGES];
  const used = optional.filter((entry) => tests || entry.uses.some((use) => uses.includes(use)));
  const wanted = [...DEBIAN_PACKAGES, ...used, ...(tests ? TEST_PACKAGES : [])];
  return wanted.filter(({ program, file }) => (program ? !findProgram(program) : !existsSync(file)));
}

/** One runtime is enough to start; with none, or without any other package, nothing starts. */
export function isEnough(missing) {
  return missing.filter(({ runtime }) => runtime).length < 2 && missing.every(({ runtime }) => runtime);
}

export function describeMissing(missing) {
  const width = Math.max(...missing.map(({ name }) => name.length));
  return missing.map(({ name, reason }) => `    ${name.padEnd(width)}  ${reason}`).join('\n');
}

/** How each process of the server is started, and with which rights. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Config } from '../../config.ts';
import { projectNode } from '../plain/packages.mjs';
import type { Account } from '../stages/system-user.ts';

/** Below it only root may listen: the one right that the gateway then keeps. */
const FIRST_FREE_PORT = 1024;
/** The kernel ends the process when ours dies, however it dies. */
const DIES_WITH_US = '--pdeathsig=TERM';

/** The supervisor has none: it says from where sandboxes reach the internet, where they may. */
const OUR_NETWORK = `/proc/${process.pid}/ns/net`;

export interface Commands {
  supervisor?: string[];
  registries?: RegistryProcess[];
  gateway: string[];
}

/** One of the class registry's two processes. */
export interface RegistryProcess {
  name: string;
  command: string[];
  /** It is ready when it answers here. */
  socket: string;
}

/** `account`: whom the gateway runs as; absent where this process is not root and has no rights to give up. */
export function commandsFor(config: Config, configFile: string, account: Account | undefined): Commands {
  const { program } = config.paths;
  const node = ['env', `NODE_COMPILE_CACHE=${compileCacheOf(program)}`, nodeOf(program)];
  const gateway = [...node, join(program, 'sandbox-server/main.ts'), configFile];
  const supervisor = [...node, join(program, 'sandbox-server/sandbox/oci/supervisor/main.ts'), configFile, OUR_NETWORK];
  if (!account) return { gateway };
  // Neither may wait behind learners' programs (native/urgent).
  const urgent = [config.paths.native, 'urgent'];
  return {
    gateway: [...urgent, 'setpriv', ...ordinaryUser(account, config.port), DIES_WITH_US, '--', ...gateway],
    // Root, in a network namespace of its own that nothing is connected to.
    supervisor: [...urgent, 'unshare', '--net', '--', 'setpriv', DIES_WITH_US, '--', ...supervisor],
  };
}

/** docker-registry, as its own user, in a network namespace that nothing is connected to. Its socket is a file. */
export function registryCommand(account: Account, args: readonly string[]): string[] {
  // Its group may connect, and it makes its socket and its files with what the umask leaves.
  const closed = ['sh', '-c', 'umask 0007; exec docker-registry "$@"', 'docker-registry'];
  return ['unshare', '--net', '--', 'setpriv', ...ordinaryUser(account, 0), DIES_WITH_US, '--', ...closed, ...args];
}

/** A user that cannot become more. */
function ordinaryUser({ uid, gid }: Account, port: number): string[] {
  const listen = port !== 0 && port < FIRST_FREE_PORT ? ',+net_bind_service' : '';
  return [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--no-new-privs',
    `--inh-caps=-all${listen}`,
    `--ambient-caps=-all${listen}`,
    `--bounding-set=-all${listen}`,
  ];
}

/** The copy's own Node, which the clone's owner cannot change; on a platform that npm has none for, the one that runs this. */
export function nodeOf(program: string): string {
  const own = projectNode(program);
  return existsSync(own) ? own : process.execPath;
}

/** Where the copy's compiled code lies: read by all who run it, written when the copy is made. */
export function compileCacheOf(program: string): string {
  return join(program, 'compile-cache');
}

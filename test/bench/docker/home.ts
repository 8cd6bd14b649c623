/** Where a private Docker Engine keeps what, and the command that starts it there. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../sandbox-server/config.ts';

export interface DockerHome {
  /** Images and layers: on a real file system. */
  data: string;
  /** Sockets, process ids and the log. */
  run: string;
  socket: string;
  /** Path of the control group of its containers, from each hierarchy's root. */
  cgroup: string;
}

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'];

export function dockerHome({ data, run, cgroup }: Pick<Config, 'data' | 'run' | 'cgroup'>): DockerHome {
  return {
    data: join(data, `docker-${process.pid}`),
    run: join(run, 'docker'),
    socket: join(run, 'docker.sock'),
    cgroup: `/${cgroup}-docker`,
  };
}

/**
 * In a mount and a network namespace of its own, so that its mounts and its bridge end with it, and the host's firewall and
 * forwarding are not changed.
 */
export function engineCommand(engine: string, { data, run, socket, cgroup }: DockerHome): [string, ...string[]] {
  const own: [string, ...string[]] = ['unshare', '--mount', '--net', '--', 'setpriv', '--pdeathsig=TERM', '--'];
  const places = [`--data-root=${data}`, `--exec-root=${run}`, `--pidfile=${run}.pid`, `--host=unix://${socket}`];
  const groups = ['--exec-opt=native.cgroupdriver=cgroupfs', `--cgroup-parent=${cgroup}`];
  return [...own, engine, ...places, ...groups];
}

/** The program's path, in `folder` where it is there; undefined where it is not installed. */
export function installed(name: string, folder?: string): string | undefined {
  const folders = folder === undefined ? FOLDERS : [folder, ...FOLDERS];
  return folders
    .map((each) => join(each, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

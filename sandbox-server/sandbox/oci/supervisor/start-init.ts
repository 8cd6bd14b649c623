/** Has `launch` start a sandbox's init, and notes which process that is. */
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DriverError } from '../../driver.ts';
import type { SandboxMeta } from './disks.ts';
import { launch } from './launch.ts';
import { connectNetwork, helperBytes } from './network.ts';
import { ociConfig } from './oci-config.ts';
import { initSocket } from './paths.ts';
import { identify, type ProcessIdentity } from './process.ts';
import { PROFILES } from './profiles.ts';
import type { Host, Internet } from './sandboxes.ts';

/** Where it fails, whoever asked clears away what there is. Aborted, the runtime is ended, whatever it waits for. */
export async function startInit(host: Host, id: string, meta: SandboxMeta, signal: AbortSignal): Promise<void> {
  const { paths, cgroups, runtime, gatewayGroup, maxOpenFiles, engineIdleMs, log } = host;
  const internet = meta.spec.network === 'internet' ? host.internet : undefined;
  const dir = join(paths.running, id);
  const bundle = join(dir, 'bundle');
  await mkdir(dir, { recursive: true });
  await chown(dir, 0, gatewayGroup);
  await chmod(dir, 0o750);
  await mkdir(bundle, { recursive: true, mode: 0o700 });
  await writeFile(
    join(bundle, 'config.json'),
    JSON.stringify(
      ociConfig({
        spec: meta.spec,
        mountpoint: paths.mountpoint,
        native: paths.native,
        ids: meta.ids,
        userNamespace: join(paths.mountpoint, 'user'),
        cgroup: cgroups.learner(id),
        inherited: cgroups.inherited,
        arch: process.arch,
        engineIdleMs,
        internet: internet !== undefined,
      }),
    ),
  );
  const { limits, profile } = meta.spec;
  const { devices, engine } = PROFILES[profile];
  const { pid, stages } = await launch(paths.native, signal, {
    id,
    image: join(paths.images, meta.spec.image, 'rootfs'),
    layers: (meta.spec.layers ?? []).map((layer) => host.layers.path(layer)),
    disk: host.disks.path(id),
    ids: meta.ids,
    mountpoint: paths.mountpoint,
    devices: [...devices],
    bundle,
    socket: { path: initSocket(host.run, id), gid: gatewayGroup },
    runtime,
    openFiles: Math.min(limits.openFiles, maxOpenFiles),
    cgroup: {
      parent: cgroups.parent,
      memoryBytes: limits.memoryBytes,
      cpus: limits.cpus,
      processes: limits.processes,
      bytesPerSecond: limits.diskBytesPerSecond,
      helperBytes: internet ? helperBytes(internet.limits) : 0,
      delegate: engine,
    },
  });
  const init = await identify(pid);
  if (!init) throw new DriverError('start-failed', `init of sandbox ${id} ended at once`);
  await writeFile(join(dir, 'init.json'), JSON.stringify(init));
  log.info({ sandbox: id, stages }, 'started');
  if (internet) await connect(host, id, meta, init, internet);
}

async function connect(
  host: Host,
  id: string,
  { ids }: SandboxMeta,
  init: ProcessIdentity,
  internet: Internet,
): Promise<void> {
  const { paths, cgroups } = host;
  await connectNetwork(paths.native, internet.hostNetwork, {
    init,
    uid: ids.base + ids.size - 1,
    groups: await cgroups.helperGroups(id),
    limits: internet.limits,
  });
}

/** A sandbox whose Docker Engine has an image to run, made of its own busybox: no registry is needed. */
import type { RealSandboxes, ScriptResult } from './sandboxes.ts';

/** Name of the image; /bin/busybox is all that it has. */
export const BOX = 'box';

/** A running sandbox of profile `containers` with its engine started; its id. */
export async function startWithEngine(sandboxes: RealSandboxes): Promise<string> {
  const id = await sandboxes.start(sandboxes.specOf('containers'));
  const { status, err } = await sandboxes.run(id, `tar -C / -c bin/busybox | docker import - ${BOX}`, {
    timeoutMs: 60_000,
  });
  if (status !== 0) throw new Error(`no image could be made in the sandbox: ${err}`);
  return id;
}

/** Options of `docker run` that ask for all that an engine can give. */
export const MIGHTY =
  '--privileged --pid host --network host --ipc host --uts host --cgroupns host --security-opt seccomp=unconfined -v /:/host -v /sys/fs/cgroup:/cgroup';

/** Who tries, and how a shell script is run as them. `script` must have no single quotes and need busybox alone. */
export type Attacker = (sandboxes: RealSandboxes, id: string, script: string) => Promise<ScriptResult>;

/** By title. All but the first have no more than the first; that the kernel agrees is what tests are for. */
export const ATTACKERS: [who: string, attack: Attacker][] = [
  ['root in a sandbox', (sandboxes, id, script) => sandboxes.run(id, `busybox sh -c '${script}'`, { root: true })],
  ['a container', inContainer('')],
  ['a privileged container', inContainer('--privileged --security-opt seccomp=unconfined -v /:/host')],
  ['a container that is given all of its host', inContainer(MIGHTY)],
];

function inContainer(options: string): Attacker {
  return (sandboxes, id, script) =>
    sandboxes.run(id, `docker run --rm ${options} ${BOX} /bin/busybox sh -c '${script}'`, { timeoutMs: 60_000 });
}

/** Where the sandboxes' cgroups go: a subtree that nobody else manages. */
import { existsSync } from 'node:fs';
import { runTool } from './run-tool.ts';

/**
 * On a systemd host with cgroup version 2 the subtree is that of a service with `Delegate=yes`, held by one process of
 * our own; everywhere else a cgroup at the root of each hierarchy. Returns its path from the hierarchy's root.
 */
export async function delegatedParent(name: string, native: string): Promise<string> {
  if (!existsSync('/run/systemd/system') || !existsSync('/sys/fs/cgroup/cgroup.controllers')) return `/${name}`;
  const unit = delegatedUnit(name);
  const running = await runTool('systemctl', ['is-active', '--quiet', unit]);
  if (running.status !== 0) {
    await runTool('systemctl', ['reset-failed', unit]);
    const started = await runTool('systemd-run', [
      `--unit=${unit}`,
      '--description=Slipway: the sandboxes of learners',
      '--property=Delegate=yes',
      '--property=TasksMax=infinity',
      // Neither init nor a shell ends at SIGTERM: a shutdown would wait as long as systemd's default is, 90 s.
      '--property=TimeoutStopSec=5s',
      '--quiet',
      '--',
      native,
      'hold',
    ]);
    if (started.status !== 0) throw new Error(`systemd gave no cgroup for sandboxes: ${started.stderr.trim()}`);
  }
  const shown = await runTool('systemctl', ['show', '--property=ControlGroup', '--value', unit]);
  const path = shown.stdout.trim();
  if (!path.startsWith('/')) throw new Error(`systemd tells no cgroup of ${unit}: ${shown.stderr.trim()}`);
  return path;
}

export function delegatedUnit(name: string): string {
  return `${name}-sandboxes.service`;
}

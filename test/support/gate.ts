/** What stands between a sandbox and the internet on the host: its processes, and the gate itself. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Config } from '../../sandbox-server/config.ts';
import { idsOf, processesOf } from './host.ts';

export interface Helpers {
  /** What keeps the rules, and runs the other. */
  keeper: number;
  slirp: number;
}

/** The processes beside a sandbox that take it to the internet; undefined where they are not there. */
export function helpersOf(sandboxes: { config: Config }, id: string): Helpers | undefined {
  const { base, size } = idsOf(sandboxes, id);
  const found = processesOf(sandboxes.config, { base: base + size - 1, size: 1 });
  const called = (name: string) => found.find((pid) => commandOf(pid).includes(name));
  const [keeper, slirp] = [called('network-keep'), called('slirp4netns')];
  return keeper !== undefined && slirp !== undefined ? { keeper, slirp } : undefined;
}

/** Runs a program of the host's in the gate of a sandbox. */
export function inGateOf(sandboxes: { config: Config }, id: string, ...command: [string, ...string[]]): string {
  const helpers = helpersOf(sandboxes, id);
  if (!helpers) throw new Error(`sandbox ${id} has no way to the internet`);
  // The descriptor that it inherited (native/network/keep.go).
  const gate = `--net=/proc/${helpers.keeper}/fd/6`;
  return execFileSync('nsenter', [gate, '--', ...command], { encoding: 'utf8' });
}

const commandOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
};

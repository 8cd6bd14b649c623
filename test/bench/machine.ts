/** On what a run was measured: figures of two runs compare only where this is the same. */
import { existsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { Learner } from './client/learner.ts';
import { PROMPT } from './client/terminal.ts';
import { firstLine } from './host/run.ts';
import { BenchServer } from './host/server.ts';

export interface Machine {
  kernel: string;
  cpu: string;
  cores: number;
  memoryGb: number;
  cgroup: 1 | 2;
  /** Name and version of the container runtime that started the sandboxes. */
  runtime: string;
  node: string;
  /** Load average over one minute before the run: what else was going on. */
  load: number;
}

/** Starts one sandbox: only then is it known which runtime works here. */
export async function describeMachine(): Promise<Machine> {
  const load = loadavg()[0]!;
  const all = cpus();
  return {
    kernel: release(),
    cpu: all[0]?.model ?? 'unknown processor',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 1e9),
    cgroup: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1,
    runtime: await runtime(),
    node: process.versions.node,
    load: Number(load.toFixed(2)),
  };
}

async function runtime(): Promise<string> {
  await using server = await BenchServer.start();
  const learner = await Learner.arrive(server.url);
  await using terminal = await learner.open();
  await terminal.sees(PROMPT);
  return firstLine(await server.runtime(), '--version');
}

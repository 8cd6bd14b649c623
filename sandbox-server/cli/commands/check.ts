import { execFile } from 'node:child_process';
import { join } from 'node:path';

import type { Command } from '../command.ts';
import { findProgram } from '../plain/debian-packages.mjs';
import { Failure, type Report } from '../plain/report.mjs';
import { goModules } from '../stages/go-modules.ts';
import { goEnvironment } from '../stages/native-program.ts';

export const command: Command = {
  name: 'check',
  summary: 'Types, lint, format, dead code: the same at the desk and in CI.',
  flags: {},
  async run({ root, report }) {
    const bin = (name: string) => join(root, 'node_modules', '.bin', name);
    const env = goEnvironment(root);
    const modules = goModules(root);
    // In this order, because the first writes the types of the content collections, which the second reads.
    const checks: Check[] = [
      { name: 'astro check', command: [bin('astro'), 'check', '--tsconfig', 'site/tsconfig.astro.json'] },
      { name: 'tsc', command: [bin('tsc'), '-p', '.'] },
      { name: 'oxlint', command: [bin('oxlint'), '--deny-warnings'] },
      { name: 'prettier', command: [bin('prettier'), '--check', '--log-level=warn', '.'] },
      { name: 'knip', command: [bin('knip')] },
      { name: 'gofmt', command: ['gofmt', '-l', ...modules], env, silent: true },
      ...modules.map((module): Check => ({
        name: `go vet ${module}`,
        command: ['go', 'vet', './...'],
        cwd: join(root, module),
        env,
      })),
    ];
    let failed = 0;
    for (const check of checks) if (!(await passes(check, root, report))) failed++;
    return failed === 0 ? 0 : 1;
  },
};

interface Check {
  name: string;
  command: [string, ...string[]];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What it prints is a finding, though it ends with 0. */
  silent?: boolean;
}

async function passes({ name, command, cwd, env, silent }: Check, root: string, report: Report): Promise<boolean> {
  const [program, ...args] = command;
  if (!program.startsWith('/') && !findProgram(program)) {
    throw new Failure({ what: `${program} is not installed.`, mend: 'Run npm test, or apt-get install golang-go.' });
  }
  let output = '';
  const path = `${join(root, 'node_modules', '.bin')}:${process.env['PATH']}`;
  const options = {
    cwd: cwd ?? root,
    env: { ...(env ?? process.env), PATH: path, ASTRO_TELEMETRY_DISABLED: '1' },
    maxBuffer: 64 * 2 ** 20,
  };
  try {
    await report.stage(name, async ({ result }) => {
      const status = await new Promise<number>((resolve) => {
        const child = execFile(program, args, options, (_error, stdout, stderr) => {
          output = `${stdout}${stderr}`.trim();
          resolve(child.exitCode ?? 1);
        });
      });
      if (status !== 0 || (silent && output !== ''))
        throw new Failure({ what: `${name} found something.`, mend: 'Mend it.' });
      result('clean');
    });
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report.note(`${output.replace(/^/gm, '    ')}\n`);
    return false;
  }
}

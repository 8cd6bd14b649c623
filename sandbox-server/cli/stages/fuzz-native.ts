/** Tries the native program's parsers with made-up input: Go's own fuzzing, one target after the other. */
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { Failure, type Report } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import { NATIVE } from './go-modules.ts';
import { goEnvironment } from './native-program.ts';

export interface FuzzOptions {
  /** How long each target is tried. */
  milliseconds: number;
  /** Only the target of this name. */
  only?: string;
}

interface Target {
  /** Folder of its package, below the native program's. */
  folder: string;
  name: string;
}

/** Throws a `Failure` at the first input that a target does not stand; Go keeps that input beside the test. */
export async function fuzzNative(root: string, report: Report, { milliseconds, only }: FuzzOptions): Promise<void> {
  const native = join(root, NATIVE);
  const targets = fuzzTargets(native).filter(({ name }) => only === undefined || name === only);
  if (targets.length === 0) {
    const known = fuzzTargets(native).map(({ name }) => name);
    throw new Failure({ what: `There is no fuzz target "${only}".`, mend: `Name one of ${known.join(', ')}.` });
  }
  for (const folder of new Set(targets.map((target) => target.folder))) {
    await report.stage(`Fuzzing ${folder}`, async ({ progress, result }) => {
      progress('go test -c');
      const program = join(root, 'build', `fuzz-${folder}`);
      await runTool('go', ['test', '-c', '-fuzz=.', '-o', program, `./${folder}`], {
        cwd: native,
        env: goEnvironment(root),
        failed: `The tests of ${folder} could not be built.`,
        mend: 'Mend what Go says above.',
      });
      const own = targets.filter((target) => target.folder === folder);
      for (const { name } of own) {
        progress(name);
        await fuzz({
          program,
          folder: join(native, folder),
          name,
          milliseconds,
          cache: join(root, 'build', 'fuzz', folder),
        });
      }
      result(`${own.map(({ name }) => name).join(', ')}: ${milliseconds / 1000} s each`);
    });
  }
}

function fuzzTargets(native: string): Target[] {
  return globSync('*/*_test.go', { cwd: native })
    .toSorted()
    .flatMap((path) =>
      [...readFileSync(join(native, path), 'utf8').matchAll(/^func (Fuzz\w+)\(f \*testing\.F\)/gm)].map(([, name]) => ({
        folder: dirname(path),
        name: name!,
      })),
    );
}

interface Run {
  program: string;
  folder: string;
  name: string;
  milliseconds: number;
  /** What was found to be worth trying, from one run to the next. */
  cache: string;
}

async function fuzz({ program, folder, name, milliseconds, cache }: Run): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const args = [
    '-test.run=^$',
    `-test.fuzz=^${name}$`,
    `-test.fuzztime=${milliseconds}ms`,
    '-test.parallel=1',
    `-test.fuzzcachedir=${cache}`,
  ];
  const { promise, resolve } = Promise.withResolvers<{ failed: boolean; output: string }>();
  execFile(program, args, { cwd: folder, maxBuffer: 16 * 2 ** 20 }, (error, stdout, stderr) =>
    resolve({ failed: error !== null, output: `${stdout}${stderr}` }),
  );
  const { failed, output } = await promise;
  if (!failed) return;
  throw new Failure({
    what: `${name} does not stand every input:\n${output.replaceAll(/^fuzz: elapsed.*\n/gm, '').trim()}`,
    mend: 'Mend the parser, or what the test asks of it. The input is kept below testdata/fuzz: commit it with the mend.',
  });
}

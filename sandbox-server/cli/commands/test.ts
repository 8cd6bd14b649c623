import { join } from 'node:path';

import type { Command } from '../command.ts';
import { Failure } from '../plain/report.mjs';
import { goModules } from '../stages/go-modules.ts';
import { fuzzNative } from '../stages/fuzz-native.ts';
import { goEnvironment } from '../stages/native-program.ts';
import { canRunSandboxes } from '../stages/prepare.ts';
import { runOpenly } from './run-tool.ts';
import { prepareForTests } from './test-instance.ts';

/** Of each fuzz target: what every change waits for. `slipway fuzz` tries longer. */
const FUZZ_MS = 500;

export const command: Command = {
  name: 'test',
  summary: 'Does all the set-up that the tests need, and runs them all: go test, a moment of fuzzing, then Vitest.',
  flags: {},
  passesTo: 'Vitest (test/unit: those alone); with any, go test and fuzzing are left out',
  async run({ root, host, report, rest }) {
    if (!canRunSandboxes(host)) {
      throw new Failure({
        what: 'The tests start real containers, which takes Linux and root.',
        mend: 'sudo npm test. The unit tests alone: npx vitest run --project unit',
      });
    }
    using instance = await prepareForTests({ root, host, report });
    if (rest.length === 0) {
      for (const module of goModules(root)) {
        const status = await runOpenly('go', ['test', './...'], { cwd: join(root, module), env: goEnvironment(root) });
        if (status !== 0) return 1;
      }
      await fuzzNative(root, report, { milliseconds: FUZZ_MS });
    }
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    return (await runOpenly(process.execPath, [vitest, 'run', ...rest], { cwd: root, env: instance.env })) === 0
      ? 0
      : 1;
  },
};

import { join } from 'node:path';

import type { Command } from '../command.ts';
import { runOpenly } from './run-tool.ts';
import { prepareForTests } from './test-instance.ts';

export const command: Command = {
  name: 'bench',
  summary: 'Starts a server of its own and measures it.',
  flags: {},
  passesTo: 'the benchmark (--json FILE)',
  async run({ root, host, report, rest }) {
    using instance = await prepareForTests({ root, host, report });
    // It is many learners at once, whose own machines do not wait for this one's processors.
    const urgent = join(root, 'build', 'slipway-native');
    return await runOpenly(urgent, ['urgent', process.execPath, join(root, 'test/bench/main.ts'), ...rest], {
      cwd: root,
      env: instance.env,
    });
  },
};

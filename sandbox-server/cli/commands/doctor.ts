import type { Command } from '../command.ts';
import { examineHost } from '../doctor/examine.ts';
import { table } from '../doctor/table.ts';
import { createReport } from '../plain/report.mjs';

export const command: Command = {
  name: 'doctor',
  summary: 'Tells what this host can do, with a mend for each lack. Ends with 1 if something needed lacks.',
  flags: { '--json': 'Print the findings as JSON.' },
  async run({ root, settings, host, flags }) {
    const findings = await examineHost(root, settings, host);
    const { paint } = createReport(process.stdout);
    process.stdout.write(
      flags.has('--json') ? `${JSON.stringify(findings, null, 2)}\n` : `${table(findings, paint)}\n`,
    );
    return findings.some(({ verdict }) => verdict === 'lack') ? 1 : 0;
  },
};

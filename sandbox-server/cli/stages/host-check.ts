/** The stage that asks the doctor: shows only what is wrong, and stops where no sandbox could run. */
import type { HostFacts } from '../../config/settings.ts';
import type { Settings } from '../../config.ts';
import { examineHost } from '../doctor/examine.ts';
import { table } from '../doctor/table.ts';
import { Failure, type Report } from '../plain/report.mjs';

export async function checkHost(root: string, settings: Settings, host: HostFacts, report: Report): Promise<void> {
  const findings = await report.stage('Host', async ({ result }) => {
    const all = await examineHost(root, settings, host);
    const wrong = all.filter(({ verdict, mendedByStart }) => verdict !== 'ok' && !mendedByStart);
    result(wrong.length === 0 ? 'can run sandboxes' : `${wrong.length} of ${all.length} findings to look at`);
    return wrong;
  });
  const lacks = findings.filter(({ verdict }) => verdict === 'lack');
  const warnings = findings.filter(({ verdict }) => verdict === 'warn');
  if (warnings.length > 0) report.note(table(warnings, report.paint));
  if (lacks.length === 0) return;
  throw new Failure({
    what: 'This host cannot run sandboxes as it is.',
    why: table(lacks, report.paint).replace(/^ {2}/gm, ''),
    mend: 'Mend what is marked, then start again; or start without root, to read the lessons only. npm run doctor shows all findings.',
  });
}

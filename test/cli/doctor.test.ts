import { expect, test } from 'vitest';

import type { Finding } from '../../sandbox-server/cli/doctor/finding.ts';
import { slipway } from './slipway.ts';

test('the doctor finds this host fit, as the other tests need it', async () => {
  const { status, output } = await slipway('doctor', '--json');
  const findings = JSON.parse(output) as Finding[];
  expect(findings.filter(({ verdict }) => verdict === 'lack')).toEqual([]);
  expect(status).toBe(0);
  expect(findings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Kernel', 'Namespaces', 'Control groups', 'Mounts', 'Host ids']),
  );
});

test('ids that an account of this host has are a lack', async () => {
  const { status, output } = await slipway('doctor', '--id-base', '65536', '--id-count', '4294836224', '--json');
  const finding = (JSON.parse(output) as Finding[]).find(({ name }) => name === 'Host ids');
  const nobodyElse = finding?.verdict === 'ok';
  expect(status).toBe(nobodyElse ? 0 : 1);
  expect(finding?.found).toMatch(/^65536 to 4294901759 (are nobody else’s|meet \d+)/);
});

import type { HostFacts } from '../../../sandbox-server/config/settings.ts';

export const HOST: HostFacts = {
  linux: true,
  root: true,
  memoryBytes: 9 * 2 ** 30,
  addresses: ['10.0.0.5', '192.168.1.7'],
  cwd: '/home/trainer',
  userData: '/home/trainer/.local/share/slipway',
  userRun: '/run/user/1000/slipway',
  lessons: '/home/trainer/slipway/lessons',
};

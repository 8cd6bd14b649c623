import { RealSandboxes } from '../support/sandboxes.ts';
import { describeDriverContract } from './driver-contract.ts';

for (const runtime of ['crun', 'runc'] as const) {
  for (const profile of ['standard', 'containers'] as const) {
    describeDriverContract(`OCI (${runtime}, ${profile})`, async () => {
      const sandboxes = await RealSandboxes.open({ runtime });
      return {
        driver: sandboxes.driver,
        again: async () => sandboxes.newDriver(),
        spec: sandboxes.specOf(profile),
        [Symbol.asyncDispose]: () => sandboxes[Symbol.asyncDispose](),
      };
    });
  }
}

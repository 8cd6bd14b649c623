import { RealSandboxes } from '../support/sandboxes.ts';
import { describeDriverContract } from './driver-contract.ts';

for (const runtime of ['crun', 'runc'] as const) {
  describeDriverContract(`OCI (${runtime})`, async () => {
    const sandboxes = await RealSandboxes.open({ runtime });
    return {
      driver: sandboxes.driver,
      again: async () => sandboxes.newDriver(),
      spec: sandboxes.spec,
      [Symbol.asyncDispose]: () => sandboxes[Symbol.asyncDispose](),
    };
  });
}

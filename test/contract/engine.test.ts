import { RealSandboxes } from '../support/sandboxes.ts';
import { describeEngineContract } from './engine-contract.ts';

for (const runtime of ['crun', 'runc'] as const) {
  describeEngineContract(runtime, (overrides) => RealSandboxes.open({ runtime, ...overrides }));
}

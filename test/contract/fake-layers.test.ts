import { FakeDriver, FakeHost } from '../../sandbox-server/sandbox/fake/driver.ts';
import { LIMITS } from '../support/limits.ts';
import { describeLayers } from './layer-contract.ts';

describeLayers('fake', async () => ({
  driver: new FakeDriver(new FakeHost(['image'])),
  spec: { image: 'image', profile: 'standard', hostname: 'slip', limits: LIMITS },
  async [Symbol.asyncDispose]() {},
}));

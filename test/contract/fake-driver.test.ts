import { FakeDriver, FakeHost } from '../../sandbox-server/sandbox/fake/driver.ts';
import { LIMITS } from '../support/limits.ts';
import { describeDriverContract } from './driver-contract.ts';

describeDriverContract('fake', async () => {
  const host = new FakeHost(['image']);
  return {
    driver: new FakeDriver(host),
    again: async () => new FakeDriver(host),
    spec: { image: 'image', profile: 'standard', hostname: 'slip', limits: LIMITS },
    async [Symbol.asyncDispose]() {},
  };
});

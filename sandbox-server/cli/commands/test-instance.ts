/** What tests run on: folders, control group and host ids of their own, beside those of a server that serves. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { resolveSettings } from '../../config.ts';
import type { HostFacts } from '../../config/settings.ts';
import { destroyAllSandboxes } from '../clean/destroy-sandboxes.ts';
import { TEST_RUN } from '../clean/folders.ts';
import type { CommandContext } from '../command.ts';
import type { Report } from '../plain/report.mjs';
import { type Lock, takeLock } from '../serve/lock.ts';
import { canRunSandboxes, prepare } from '../stages/prepare.ts';

/** So many runs at once; one more waits. */
const PLACES = 8;
const RETRY_MS = 300;

/** Below the default range of ids, and all together as large. */
const FIRST_ID = 1_610_612_736;
const IDS_EACH = 268_435_456 / PLACES;

/** What runs of all clones share: images and copies of programs, each named by its content. */
const sharedData = (host: HostFacts) => (canRunSandboxes(host) ? '/var/lib/slipway-test' : join(host.userData, 'test'));

/** What one run has for itself: `/run/slipway-test-1`, and a control group and host ids that go with the number. */
const runOf = (host: HostFacts, place: number) =>
  canRunSandboxes(host) ? `/run/slipway-test-${place}` : join(host.userRun, `test-${place}`);

export interface TestInstance extends Disposable {
  /** SLIPWAY_TEST_CONFIG in it names the resolved configuration. */
  env: NodeJS.ProcessEnv;
}

/** Takes a place that no other run has, until it is disposed of or this process ends. */
export async function prepareForTests({
  root,
  host,
  report,
}: Pick<CommandContext, 'root' | 'host' | 'report'>): Promise<TestInstance> {
  using stack = new DisposableStack();
  const { place, lock } = await takePlace(host, report);
  stack.use(lock);
  const [data, run, cgroup] = [sharedData(host), runOf(host, place), `slipway-test-${place}`];
  lock.tell({ pid: process.pid, data, urls: [] });
  const ids = ['--id-base', String(FIRST_ID + (place - 1) * IDS_EACH), '--id-count', String(IDS_EACH)];
  const argv = ['--data', data, '--run', run, '--cgroup', cgroup, ...ids, '--port', '0'];
  const settings = resolveSettings({ argv, env: {}, readFile: () => '' }, host);
  // The images of whoever else is at it are in use, and no disk below this data says so.
  const keepImages = () => isAnotherTaken(host, place);
  const config = await prepare({ root, settings, host, report, noInstall: false, tests: true, keepImages });
  await removeLeftOvers(root, host, { data, run, cgroup });
  const path = join(run, 'config.json');
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`);
  const owned = stack.move();
  return { env: { ...process.env, SLIPWAY_TEST_CONFIG: path }, [Symbol.dispose]: () => owned.dispose() };
}

async function takePlace(host: HostFacts, report: Report): Promise<{ place: number; lock: Lock }> {
  for (let waits = 0; ; waits++) {
    for (let place = 1; place <= PLACES; place++) {
      const taken = takeLock(runOf(host, place));
      if ('lock' in taken) return { place, lock: taken.lock };
    }
    if (waits === 0) report.note(`  Waiting for one of ${PLACES} other runs of tests to end …`);
    await sleep(RETRY_MS);
  }
}

function isAnotherTaken(host: HostFacts, own: number): boolean {
  for (let place = 1; place <= PLACES; place++) {
    if (place === own || !existsSync(runOf(host, place))) continue;
    const taken = takeLock(runOf(host, place));
    if ('holder' in taken) return true;
    taken.lock[Symbol.dispose]();
  }
  return false;
}

/** What a run that was killed has left in its place: nobody else has it now. */
async function removeLeftOvers(root: string, host: HostFacts, instance: { data: string; run: string; cgroup: string }) {
  const { data, run } = instance;
  if (canRunSandboxes(host)) await destroyAllSandboxes(root, instance);
  for (const name of readdirSync(run).filter((name) => TEST_RUN.test(name))) {
    rmSync(join(run, name), { recursive: true, force: true });
  }
  rmSync(join(data, 'runs', basename(run)), { recursive: true, force: true });
}

/** The configuration that `npm test` prepared: images, the program copy, ids and cgroups of the tests' own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { operatorSocketIn, readConfig, type Config } from '../../sandbox-server/config.ts';
import type { Profile } from '../../sandbox-server/sandbox/driver.ts';
import { freePort } from './gateway.ts';

export function testConfig(): Config {
  const path = process.env['SLIPWAY_TEST_CONFIG'];
  if (!path) throw new Error('these tests need a prepared host: run them with `npm test -- PATH`');
  return readConfig(path);
}

/** Identity of an image whose sandboxes have this profile: the specimen course's, or that of the course about Docker. */
export function imageOf({ images }: Pick<Config, 'images'>, profile: Profile): string {
  const image = Object.values(images).find((each) => each.profile === profile);
  if (!image) throw new Error(`no image of profile ${profile} was built: run the tests with \`npm test\``);
  return image.id;
}

/** What a test wants otherwise. Of the paths, only the named ones: all others are the test's own, and removed with it. */
export type Overrides = Partial<Omit<Config, 'paths'>> & { paths?: Partial<Config['paths']> };

/** Of one test: 64 sandboxes, or half as many with Docker. */
const IDS = 64 * 65_536;

let serial = 0;

/** Of test files that run side by side, each has another number, from 1: see `IN_PAIRS` in vitest.config.ts. */
const WORKERS = 2;
const worker = (Number(process.env['VITEST_POOL_ID'] ?? 1) - 1) % WORKERS;

/**
 * A configuration with sockets, sandboxes and a database of its own, so that test files do not meet; images and the
 * program are shared. Its folders are removed with the whole of the tests' data.
 */
export async function ownConfig(overrides: Overrides = {}): Promise<{ config: Config; path: string }> {
  const base = testConfig();
  const name = `${process.pid}-${serial++}`;
  const run = join(base.run, name);
  const data = join(base.data, 'runs', basename(base.run), name);
  const port = await freePort();
  const config: Config = {
    ...base,
    port,
    urls: [`http://127.0.0.1:${port}`],
    run,
    // A range of ids and a cgroup each: tests of one worker run one after the other, but a failed one may leave something.
    cgroup: `${base.cgroup}-${name}`,
    idBase: base.idBase + ((serial * WORKERS + worker) % Math.floor(base.idCount / IDS)) * IDS,
    idCount: IDS,
    registry: { mode: 'off' },
    // All of a test's learners come from one address, and some of them do within seconds what a person does in an hour.
    sandboxesPerLearner: 0,
    startsPerLearner: 0,
    startsPerAddress: 0,
    // What runs is what a test has started: those about the pool set it.
    poolSize: 0,
    ...overrides,
    paths: {
      ...base.paths,
      gatewayData: join(data, 'gateway'),
      supervisorData: join(data, 'supervisor'),
      layers: join(data, 'supervisor', 'layers'),
      supervisorSocket: join(run, 'supervisor.sock'),
      accessCode: join(data, 'gateway', 'access-code'),
      audit: join(data, 'gateway', 'audit'),
      operatorSocket: operatorSocketIn(run),
      ...overrides.paths,
    },
  };
  mkdirSync(run, { recursive: true, mode: 0o755 });
  mkdirSync(config.paths.gatewayData, { recursive: true });
  mkdirSync(config.paths.supervisorData, { recursive: true, mode: 0o700 });
  const operator = dirname(config.paths.operatorSocket);
  mkdirSync(operator, { mode: 0o700 });
  execFileSync('chown', ['-R', `${config.user}:`, config.paths.gatewayData, operator]);
  const path = join(run, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  return { config, path };
}

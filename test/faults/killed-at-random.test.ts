import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { OciDriver } from '../../sandbox-server/sandbox/oci/driver.ts';
import type { SandboxSpec } from '../../sandbox-server/sandbox/driver.ts';
import { bothProfiles, PROFILE_COURSES, terminalIn } from '../support/both-profiles.ts';
import { Comers } from '../support/comers.ts';
import { imageOf } from '../support/config.ts';
import { counted } from '../support/counts.ts';
import { visit } from '../support/gateway.ts';
import { idsOf, processesOf } from '../support/host.ts';
import { LIMITS_OF } from '../support/limits.ts';
import { checkNumbered, Numbered } from '../support/numbered.ts';
import { PageTerminal } from '../support/page-terminal.ts';
import { footprint } from '../support/residue.ts';
import { TestServer } from '../support/server.ts';
import { randomFrom, signalCalled } from '../support/victims.ts';

/** In all: a third each of the gateway, the supervisor, and of what the supervisor is just running. */
const KILLS = counted({ usual: 12, long: 201 });

/** Printed with the figures; the order and the moments of a run are its. */
const SEED = Number(process.env['SLIPWAY_TEST_SEED'] ?? Date.now() % 1_000_000);

/** A page that was connected for so long waits a short time after the next loss; learners lose a server once a day. */
const GOOD_AFTER_MS = 5200;

/** A page that is not back by then is not coming: longer than its longest wait after a loss. */
const BACK_MS = 60_000;

const TARGETS = ['gateway', 'supervisor', 'runtime'] as const;

/** A gateway is killed together with a supervisor this often. */
const TOGETHER = 0.25;

test(
  `after ${KILLS} kills at random all shells live, no byte is lost or doubled, and nothing is left over`,
  { timeout: 90_000 + KILLS * 6000 },
  async () => {
    await using server = await TestServer.start({ ...bothProfiles(), logLevel: 'info', idleFreezeMs: 1500 });
    const { config } = server;
    const random = randomFrom(SEED);
    const empty = footprint(config);
    await using driver = new OciDriver({ run: config.run, socket: config.paths.supervisorSocket });

    // Who stays: three shells in both profiles, and a second tab that looks at one of them.
    using stack = new DisposableStack();
    const [ada, ben] = [await visit(server.url), await visit(server.url)];
    const page = (cookie: string, path: string) => stack.use(new PageTerminal(server.url, cookie, path));
    const shells = [
      page(ada, terminalIn('standard')),
      page(ada, terminalIn('standard', 'second')),
      page(ben, terminalIn('containers')),
    ];
    const programs: Numbered[] = [];
    for (const each of shells) programs.push(stack.use(await Numbered.start(each)));
    const pages = [...shells, page(ada, terminalIn('standard'))];
    const residents = readdirSync(join(config.run, 'sandboxes')).sort();
    expect(residents).toHaveLength(2);
    const processes = residents.flatMap((id) => processesOf(config, idsOf(server, id)));

    // Who comes and goes meanwhile, so that everything is under way that can be.
    const specs = PROFILE_COURSES.map((profile): SandboxSpec => ({
      image: imageOf(config, profile),
      profile,
      hostname: 'slip',
      limits: LIMITS_OF[profile],
    }));
    const paths = PROFILE_COURSES.map((course) => terminalIn(course));
    const comers = new Comers(server.url, paths, driver, specs);

    const back: number[] = [];
    const killed = new Map<string, number>();
    const count = (what: string) => killed.set(what, (killed.get(what) ?? 0) + 1);
    for (let n = 0; n < KILLS; n++) {
      const target = TARGETS[n % 3]!;
      await sleep(random() * 300);
      if (target === 'runtime') {
        const moment = { below: random() < 0.5, delayMs: random() * 30 };
        count((await signalCalled(server.pid('supervisor'), 'SIGKILL', moment)) ?? 'runtime, missed');
        continue;
      }
      if (target === 'gateway') {
        const good = () => Math.max(...pages.map((each) => each.attachedAt.at(-1) ?? 0)) + GOOD_AFTER_MS;
        await expect.poll(() => pages.every(({ connected }) => connected), { timeout: 30_000 }).toBe(true);
        while (performance.now() < good()) await sleep(50);
      }
      const parts = target === 'gateway' && random() < TOGETHER ? (['supervisor', 'gateway'] as const) : [target];
      const at = performance.now();
      await Promise.all(parts.map((part) => server.end(part, 'SIGKILL')));
      for (const part of parts) count(part);
      await Promise.all(parts.map((part) => server.run(part)));
      if (target !== 'gateway') continue;
      const away = () => pages.filter(({ attachedAt }) => attachedAt.at(-1)! < at).map(({ state }) => state);
      await expect.poll(away, { timeout: BACK_MS, interval: 20, message: `kill ${n}, seed ${SEED}` }).toEqual([]);
      back.push(...pages.map(({ attachedAt }) => attachedAt.find((time) => time > at)! - at));
    }

    await comers.end();
    for (const each of programs) await each.end();
    await expect.poll(() => pages.at(-1)!.text.slice(-4000), { timeout: 20_000 }).toMatch(/in-end\n/);
    const sorted = back.toSorted((a, b) => a - b).map(Math.round);
    const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
    const checked = programs.map((each, n) => each.check(`shell ${n}, seed ${SEED}`));
    console.log(
      `seed ${SEED}: killed ${JSON.stringify(Object.fromEntries(killed))};`,
      `screens back p50 ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms, longest ${sorted.at(-1)} ms of ${sorted.length};`,
      `${checked.reduce((sum, { lines }) => sum + lines, 0)} lines;`,
      `meanwhile ${JSON.stringify(Object.fromEntries(comers.done))}`,
    );
    expect(comers.mistakes, `seed ${SEED}`).toEqual([]);
    for (const each of pages) {
      expect(each.mistakes, `seed ${SEED}`).toEqual([]);
      expect(each.shells.size).toBe(1);
    }
    // Two tabs have seen the same bytes.
    checkNumbered(pages[3]!, `the second tab, seed ${SEED}`);
    const tail = (text: string) => text.slice(text.indexOf('line-0\n'), text.indexOf('in-end\n'));
    expect(tail(pages[3]!.text) === tail(pages[0]!.text)).toBe(true);
    for (const { lines, typed, arrived } of checked) {
      expect(lines).toBeGreaterThan(KILLS * 20);
      expect(arrived).toBeGreaterThan(typed / 2);
    }
    const now = residents.flatMap((id) => processesOf(config, idsOf(server, id)));
    expect(processes.filter((pid) => now.includes(pid)).length).toBeGreaterThanOrEqual(
      residents.length + shells.length,
    );

    // What is not theirs is gone, as the host sees it.
    const ids = new Set(residents);
    const others = () => {
      const found = footprint(config);
      const without = (kind: string) => (found[kind] as string[]).filter((id) => !ids.has(id));
      return Object.fromEntries(
        Object.keys(found)
          .filter((kind) => kind !== 'processes' && kind !== 'ids')
          .map((kind) => [kind, Array.isArray(found[kind]) ? without(kind) : found[kind]]),
      );
    };
    const { processes: _, ids: __, ...nothing } = empty;
    await expect.poll(others, { timeout: 5000 }).toEqual(nothing);
    expect(footprint(config)['ids']).toHaveLength(residents.length);
  },
);

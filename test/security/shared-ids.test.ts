import { afterAll, beforeAll, expect, test } from 'vitest';
import { idsOf, processesOf } from '../support/host.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let ids: [string, string];
/** A sandbox of each kind twice, in the order in which they were made. */
let all: string[];

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  ids = [await sandboxes.start(), await sandboxes.start()];
  const withEngine = sandboxes.specOf('containers');
  all = [...ids, await sandboxes.start(withEngine), await sandboxes.start(withEngine)];
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

interface Mapping {
  inside: number;
  host: number;
  size: number;
}

async function mappings(id: string, file: 'uid_map' | 'gid_map'): Promise<Mapping[]> {
  const { out } = await sandboxes.run(id, `cat /proc/self/${file}`);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return lines.map(([inside, host, size]) => ({ inside: inside!, host: host!, size: size! }));
}

test.each(['uid_map', 'gid_map'] as const)(
  'sandboxes of any profile share no id of the host, and none has the host’s root: %s',
  async (file) => {
    const found = await Promise.all(all.map((id) => mappings(id, file)));
    for (const each of found) {
      expect(each).toHaveLength(1);
      expect(each[0]!.inside).toBe(0);
      expect(each[0]!.host).toBeGreaterThanOrEqual(65_536);
    }
    const ranges = found.map(([range]) => range!).sort((a, b) => a.host - b.host);
    expect(ranges.map(({ size }) => size).sort((a, b) => a - b)).toEqual([65_536, 65_536, 131_072, 131_072]);
    for (const [index, range] of ranges.slice(1).entries()) {
      expect(range.host).toBeGreaterThanOrEqual(ranges[index]!.host + ranges[index]!.size);
    }
  },
);

test('everything that a learner starts, as root too, runs under an id of the sandbox’s own on the host', async () => {
  const [id] = ids;
  const background = 'for i in 1 2 3; do setsid sleep 20 <&- >&- 2>&- & done; sleep 0.3';
  await sandboxes.run(id, background);
  await sandboxes.run(id, background, { root: true });
  const { processes } = await sandboxes.driver.stats(id);
  const range = idsOf(sandboxes, id);
  expect(processesOf(sandboxes.config, range).length).toBeGreaterThanOrEqual(7);
  // As many threads as the cgroup counts, less those of init's own: none has left the range of ids.
  expect(processesOf(sandboxes.config, range).length).toBeLessThanOrEqual(processes);
});

test('a learner cannot map other ids, nor become anybody else', async () => {
  const { out } = await sandboxes.run(
    ids[0],
    `echo '0 0 1' > /proc/self/uid_map; echo deny > /proc/self/setgroups
     setpriv --reuid 0 true && echo became root; setpriv --reuid 1001 true && echo became other
     setpriv --regid 0 --clear-groups true && echo became group
     grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/self/status`,
  );
  expect(out).toMatch(/^Uid:\s+1000\s+1000\s+1000\s+1000$/m);
  expect(out).toMatch(/^CapEff:\s+0{16}$/m);
  expect(out).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(out).not.toContain('became');
});

test('a program that belongs to root and says so (setuid) runs as the learner all the same', async () => {
  const made = await sandboxes.run(
    ids[0],
    'cp /usr/bin/id /tmp/mighty && chmod 6755 /tmp/mighty && stat -c %A /tmp/mighty',
    {
      root: true,
    },
  );
  expect(made.out).toBe('-rwsr-sr-x\n');
  const { out } = await sandboxes.run(ids[0], '/tmp/mighty; /tmp/mighty -u');
  expect(out).toMatch(/^uid=1000\(learner\) gid=1000\(learner\) groups=1000\(learner\)\n1000\n$/);
});

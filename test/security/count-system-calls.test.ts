import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildForSandbox, putProgram } from '../support/attacker.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

// A program asks the kernel about every call that there is. What Docker's default filter answered to the same program is
// kept in a file, since no engine of a known version is on every machine that tests.

/** What filters may decide by: the number of a call, and the first argument of some. */
const SUBJECTS = ['numbers', 'clone', 'socket', 'keyctl', 'personality'] as const;
type Allowed = Record<(typeof SUBJECTS)[number], number[]>;

type Bits = 'x64' | 'ia32';
interface Docker {
  own: Record<Bits, Record<keyof Allowed, string>>;
  current: Record<Bits, Record<keyof Allowed, string>>;
  byName: Record<string, number>;
  names: Record<Bits, Record<string, string>>;
}
const docker = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/docker-filter.json'), 'utf8')) as Docker;

/** Of a list such as `0-3 7`. */
function numbersOf(text: string): number[] {
  return text
    .split(' ')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [from, to = from] = part.split('-').map(Number) as [number, number?];
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
}

/** What is let through here and not by Docker's current default; calls by name. */
function beyondDocker(allowed: Allowed, bits: Bits): Record<string, (string | number)[]> {
  const beyond = SUBJECTS.map((subject) => {
    const theirs = new Set(numbersOf(docker.current[bits][subject]));
    if (subject === 'numbers') for (const number of Object.values(docker.byName)) theirs.add(number);
    const more = allowed[subject].filter((number) => !theirs.has(number));
    return [subject, subject === 'numbers' ? more.map((number) => docker.names[bits][number] ?? number).sort() : more];
  });
  return Object.fromEntries(beyond.filter(([, more]) => more!.length > 0));
}

/** Bits of the flags that ask for a new namespace: mnt, cgroup, uts, ipc, user, pid, net. */
const NAMESPACES = [17, 25, 26, 27, 28, 29, 30];

/** Operations of `keyctl`: JOIN_SESSION_KEYRING, SETPERM, DESCRIBE. */
const SESSION_KEYRING = [1, 5, 6];

const OF_AN_ENGINE = ['mount', 'pivot_root', 'setdomainname', 'sethostname', 'setns', 'umount2', 'unshare'];

describe.runIf(process.arch === 'x64').each(['crun', 'runc'] as const)('under %s', (runtime) => {
  let sandboxes: RealSandboxes;

  beforeAll(async () => {
    sandboxes = await RealSandboxes.open({ runtime });
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  async function ask(profile: 'standard' | 'containers', arch: 'amd64' | '386'): Promise<Allowed> {
    const id = await sandboxes.start(sandboxes.specOf(profile));
    await putProgram(sandboxes, id, '/tmp/asker', readFileSync(await buildForSandbox('filter-asker', arch)));
    const { out, err } = await sandboxes.run(id, '/tmp/asker');
    await sandboxes.driver.destroy(id);
    if (!out.startsWith('{"clone"')) throw new Error(`the program tells nothing: ${out}${err}`);
    const answers = JSON.parse(out) as Record<keyof Allowed, { allowed: number[] | null }>;
    return Object.fromEntries(SUBJECTS.map((subject) => [subject, answers[subject].allowed ?? []])) as Allowed;
  }

  test.each([
    ['x64', 'amd64'],
    ['ia32', '386'],
  ] as const)('profile standard lets no call through that Docker’s default blocks: %s', async (bits, arch) => {
    const allowed = await ask('standard', arch);
    expect(beyondDocker(allowed, bits)).toEqual({});
    // An ordinary program would not start with less: the program was answered.
    expect(allowed.numbers.length).toBeGreaterThan(250);
    for (const each of [docker.own, docker.current]) {
      expect(allowed.numbers.length).toBeLessThanOrEqual(numbersOf(each[bits].numbers).length);
    }
  });

  test.each([
    ['x64', 'amd64', OF_AN_ENGINE],
    ['ia32', '386', [...OF_AN_ENGINE, 'umount'].sort()],
  ] as const)(
    'profile containers lets what an engine needs through, and nothing else besides: %s',
    async (bits, arch, calls) => {
      expect(beyondDocker(await ask('containers', arch), bits)).toEqual({
        numbers: calls,
        clone: NAMESPACES,
        keyctl: SESSION_KEYRING,
      });
    },
  );

  test.each(['standard', 'containers'] as const)(
    'calls by the x32 convention are served to nobody: profile %s',
    async (profile) => {
      const id = await sandboxes.start(sandboxes.specOf(profile));
      const [plain, x32] = [39, 0x40000000 + 39];
      const { out } = await sandboxes.run(
        id,
        `for n in ${plain} ${x32}; do perl -e "print syscall($n) > 0 ? 'served ' : 'refused '"; done`,
      );
      expect(out).toMatch(/^served (?:refused )?$/);
    },
  );
});

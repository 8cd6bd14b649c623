import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInSandbox, type CommandResult } from '../../sandbox-server/sandbox/init/ask.ts';
import { UNPACKED } from '../../sandbox-server/sandbox/init/frames.ts';
import { counted } from '../support/counts.ts';
import { LIMITS } from '../support/limits.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** How long a folder and a link take each other's place. */
const SWAP_SECONDS = counted({ usual: 2, long: 60 });

let sandboxes: RealSandboxes;
let id: string;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start({ limits: { ...LIMITS, inodes: 16_384 } });
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

async function unpack(archive: Uint8Array): Promise<CommandResult> {
  return runInSandbox(await sandboxes.driver.connect(id), { op: 'unpack' }, archive);
}

/** An archive of what a script makes in an empty folder; names are what `names` says, not what they are there. */
function archive(script: string, names: string[] = ['.'], transform: string[] = []): Buffer {
  const folder = temporaryFolder();
  execFileSync('sh', ['-c', script], { cwd: folder });
  return execFileSync('tar', ['-P', '-cf', '-', ...transform, ...names], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
}

const listing = async () => (await sandboxes.run(id, 'cd ~; find . -newer /proc/1/cmdline | sort')).out;

test('files are the learner’s own, with their modes but no more rights than theirs', async () => {
  const script = 'mkdir web; echo page > web/index.html; echo run > run; chmod 6755 run; chmod 600 web/index.html';
  expect((await unpack(archive(script))).status).toBe(UNPACKED.all);
  const { out } = await sandboxes.run(id, 'cd ~; stat -c "%U %a %n" web web/index.html run; cat run');
  expect(out).toBe('learner 755 web\nlearner 600 web/index.html\nlearner 755 run\nrun\n');
});

test('what the learner has stays as it is, and the rest is laid', async () => {
  await sandboxes.run(id, 'cd ~; echo own > mine; ln -s /etc/hostname pointing');
  const { status } = await unpack(archive('echo other > mine; echo other > pointing; echo new > new'));
  expect(status).toBe(UNPACKED.leftSomeOut);
  expect((await sandboxes.run(id, 'cd ~; cat mine new; readlink pointing')).out).toBe('own\nnew\n/etc/hostname\n');
});

test.each([
  ['a name that leads up', () => archive('echo x > f', ['f'], ['--transform=s,f,../../tmp/escaped,'])],
  ['a name that leads up from below', () => archive('echo x > f', ['f'], ['--transform=s,f,a/../../escaped,'])],
  ['an absolute name', () => archive('echo x > f', ['f'], ['--transform=s,f,/tmp/escaped,'])],
  ['a hard link', () => archive('echo x > f; ln f g', ['f', 'g'])],
  ['a pipe', () => archive('mkfifo pipe')],
  ['a device', () => archive('mknod null c 1 3')],
  ['a sparse file of 300 MB', () => archive('truncate -s 300M sparse', ['sparse'], ['--sparse'])],
  ['5,100 files', () => archive('mkdir many; seq 5100 | (cd many; xargs touch)')],
  ['no archive', () => Buffer.alloc(100_000, 'garbage ')],
])('an archive with %s is refused', async (_what, make) => {
  const { status, stderr } = await unpack(make());
  expect({ status, stderr: stderr.toString('utf8') }).toEqual({
    status: UNPACKED.refused,
    stderr: expect.stringMatching(/^slipway: unpack: /),
  });
  const outside = await sandboxes.run(id, 'ls -d /tmp/escaped ~/../escaped ~/many/5100', { root: true });
  expect(outside.out).toBe('');
  await sandboxes.run(id, 'rm -rf ~/many');
});

test('an archive that breaks off leaves no file by half', async () => {
  const whole = archive('head -c 100000 /dev/zero > big', ['big']);
  expect((await unpack(whole.subarray(0, 50_000))).status).not.toBe(UNPACKED.all);
  expect(await listing()).not.toMatch(/big|\.slipway/);
});

test('an archive larger than the disk is given up, and the sandbox goes on', async () => {
  const huge = archive('head -c 60000000 /dev/urandom > huge', ['huge']);
  await sandboxes.run(id, 'cat /dev/zero > ~/full', { timeoutMs: 60_000 });
  await sandboxes.run(id, 'truncate -s -1M ~/full');
  expect((await unpack(huge)).status).toBe(UNPACKED.notWritten);
  await sandboxes.run(id, 'rm -f ~/full');
  expect(await listing()).not.toMatch(/huge|\.slipway/);
});

test.each(['standard', 'containers'] as const)(
  'a folder that becomes a link while files are laid into it leads nowhere else: profile %s',
  async (profile) => {
    const id = await sandboxes.start(sandboxes.specOf(profile));
    const host = mkdtempSync(join(tmpdir(), 'slipway-canary-'));
    mkdirSync(join(host, 'deep'));
    writeFileSync(join(host, 'file'), 'the host’s');
    try {
      await sandboxes.run(id, 'mkdir -p /srv/elsewhere/deep; chmod -R 777 /srv/elsewhere', { root: true });
      const swap = `
      cd ~; mkdir -p folder; end=$((SECONDS + ${SWAP_SECONDS}))
      while [ $SECONDS -lt $end ]; do for t in /srv/elsewhere /proc/1/root ${host}; do
        rm -rf spare; mv -T folder spare; ln -sT $t folder; sleep 0.001; [ -L folder ] && rm folder
      done; done 2>/dev/null; true`;
      const swapping = sandboxes.run(id, swap, { timeoutMs: (SWAP_SECONDS + 20) * 1000 });
      let over = false;
      void swapping.finally(() => (over = true));
      const bytes = archive(
        'mkdir -p folder/deep; for n in $(seq 40); do echo x > folder/deep/$n; echo x > folder/$n; done',
      );
      let laid = 0;
      while (!over) {
        await runInSandbox(await sandboxes.driver.connect(id), { op: 'unpack' }, bytes);
        await sandboxes.run(id, 'rm -rf ~/folder/[0-9]* ~/folder/deep/[0-9]*');
        laid++;
      }
      expect((await swapping).status).toBe(0);
      expect(laid).toBeGreaterThan(3);
      expect((await sandboxes.run(id, 'find /srv/elsewhere -type f')).out).toBe('');
      expect(execFileSync('find', [host, '-type', 'f'], { encoding: 'utf8' })).toBe(`${join(host, 'file')}\n`);
      expect(readFileSync(join(host, 'file'), 'utf8')).toBe('the host’s');
    } finally {
      rmSync(host, { recursive: true });
    }
  },
);

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

/** The learner's home as the server takes it. */
async function archive(sandboxes: RealSandboxes, id: string): Promise<Buffer> {
  const duplex = await sandboxes.driver.connect(id);
  const pieces: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const stream: InitStream = new InitStream(
      duplex,
      { op: 'archive' },
      {
        onData: (bytes) => pieces.push(Buffer.from(bytes)),
        onControl: () => {
          resolve(Buffer.concat(pieces));
          stream[Symbol.dispose]();
        },
        onEnd: (error) => reject(error ?? new Error('the archive broke off')),
      },
    );
  });
}

// CVE-2018-15664: the server follows a path that was a directory when it looked and is a link when it reads.
test.each(['standard', 'containers'] as const)(
  'a directory that becomes a link while the server reads it leads nowhere on the host: profile %s',
  async (profile) => {
    const secret = 'the host’s own secret';
    const host = mkdtempSync(join(tmpdir(), 'slipway-canary-'));
    mkdirSync(join(host, 'deep'));
    for (const name of ['file', 'deep/file']) writeFileSync(join(host, name), secret, { mode: 0o644 });
    try {
      await using sandboxes = await RealSandboxes.open();
      const id = await sandboxes.start(sandboxes.specOf(profile));
      const targets = [
        '/',
        '/proc/1/root',
        '/proc/self/root',
        '/etc',
        host,
        join(sandboxes.config.run),
        '/proc/1/cwd',
        '/dev/fd',
      ];
      const swap = `
      cd ~; mkdir -p real/deep; echo own > real/file; echo own > real/deep/file; mkdir spare
      end=$((SECONDS + 3))
      while [ $SECONDS -lt $end ]; do for t in ${targets.join(' ')}; do
        mv -T real spare/real; ln -s $t real; rm real; mv -T spare/real real; ln -sfn $t link
      done; done`;
      const swapping = sandboxes.run(id, swap);
      let read = 0;
      let whole = false;
      const tar = join(host, 'home.tar');
      swapping.then(
        () => (whole = true),
        () => (whole = true),
      );
      while (!whole) {
        const bytes = await archive(sandboxes, id);
        expect(bytes.includes(secret)).toBe(false);
        writeFileSync(tar, bytes);
        const list = execFileSync('tar', ['-tvf', tar], { encoding: 'utf8' });
        // All names lie below the home directory, and a link is a link.
        expect(list.split('\n').filter((line) => line !== '' && !/ learner\//.test(line))).toEqual([]);
        read++;
      }
      expect((await swapping).status).toBe(0);
      expect(read).toBeGreaterThan(5);
      expect(readFileSync(join(host, 'file'), 'utf8')).toBe(secret);
    } finally {
      rmSync(host, { recursive: true });
    }
  },
);

test('a tar of a learner’s home has nothing that the learner could not read', async () => {
  await using sandboxes = await RealSandboxes.open();
  const id = await sandboxes.start();
  await sandboxes.run(
    id,
    'install -m 600 /etc/shadow /home/learner/shadow; mkdir -m 700 /home/learner/private; echo root-only > /home/learner/private/x',
    {
      root: true,
    },
  );
  await sandboxes.run(id, 'cd; ln -s /etc/shadow link; ln -s / all; mkfifo pipe; echo mine > mine');
  const bytes = await archive(sandboxes, id);
  expect(bytes.includes('root:*:')).toBe(false);
  expect(bytes.includes('root-only')).toBe(false);
  expect(bytes.includes('mine')).toBe(true);
  expect(execFileSync('tar', ['-tf', '-'], { input: bytes, encoding: 'utf8' })).not.toContain('pipe');
});

import { expect, test } from 'vitest';
import { course, lesson, script, task, typed } from '../support/lesson.ts';
import { PATIENCE } from '../support/patience.ts';
import { RealMover } from '../support/real-mover.ts';
import { TestTerminal } from '../support/terminal.ts';

const ofFiles = lesson({
  setup: {
    ...script('echo from-setup > /etc/motd; chown learner: .; umask 077; echo root > /srv/secret'),
    user: 'root',
  },
  tasks: [
    task('one', {
      solve: [{ ...typed('mkdir work && cd work\necho one > one'), live: false }],
    }),
    task('two', {
      setup: [{ ...script('rm /etc/issue; chmod 4755 /bin/true'), user: 'root' }],
      solve: [{ ...typed('cd ~\nrm -r work\nmkdir work\necho two > work/two'), live: false }],
    }),
    task('three'),
  ],
});

const LOOK =
  'cat /etc/motd; ls -R ~/work 2>/dev/null; ls /etc/issue 2>/dev/null; stat -c %a /bin/true; cat /srv/secret 2>&1; pwd';

test.each(['crun', 'runc'] as const)(
  'under %s, a task finds what the tasks before it leave, however the learner left it',
  async (runtime) => {
    await using real = await RealMover.open([course(ofFiles)], 'standard', { runtime });
    const { mover, sessions } = real;
    await mover.move('ada', course(ofFiles), ofFiles, 'three');
    const three = await real.run('ada', LOOK);
    expect(three).toMatch(/^from-setup\n[^]*work:\ntwo\n4755\ncat: \/srv\/secret: Permission denied\n/);
    await mover.move('ada', course(ofFiles), ofFiles, 'one');
    const one = await real.run('ada', LOOK);
    expect(one).toMatch(/^from-setup\n\/etc\/issue\n755\n/);
    await real.run('ada', 'rm -rf ~/* /etc/motd; echo mine > ~/mine');
    await mover.move('ben', course(ofFiles), ofFiles, 'one');
    expect(await real.run('ben', LOOK)).toBe(one);
    await mover.move('ada', course(ofFiles), ofFiles, 'one');
    expect(await real.run('ada', `${LOOK}; ls ~/mine 2>/dev/null`)).toBe(one);
    await mover.move('ada', course(ofFiles), ofFiles, 'three');
    expect(await real.run('ada', LOOK)).toBe(three);
    // Only the sandboxes that are somebody's stay.
    const owned = ['ada', 'ben'].map((learner) => sessions.find(learner, 'course')!.id).sort();
    await expect.poll(async () => (await real.sandboxes.driver.list()).map(({ id }) => id).sort()).toEqual(owned);
  },
);

test('what files cannot hold is there again after a jump: a nested shell in a terminal, a process in the background', async () => {
  const nested = lesson({
    terminals: ['main', 'second'],
    tasks: [
      task('one', {
        solve: [
          { ...typed('bash --norc', { opens: '$ ' }), live: true },
          { ...typed('sleep 1000', { terminal: 'second', background: true }), live: true },
        ],
      }),
      task('two', { live: [script('echo made-live > ~/live')] }),
    ],
  });
  await using real = await RealMover.open([course(nested)]);
  const { liveMs, ms } = await real.mover.move('ada', course(nested), nested, 'two');
  expect(liveMs).toBeLessThanOrEqual(ms);
  expect(await real.run('ada', 'pgrep -x sleep | wc -l; cat ~/live')).toBe('1\nmade-live\n');
  const { id } = real.sessions.find('ada', 'course')!;
  const terminal = await TestTerminal.open(real.sandboxes.driver, id, 'main');
  await terminal.shows(/bash-[\d.]+\$ /);
  terminal.type('echo "level $SHLVL"\n');
  await terminal.shows(/level 2/);
});

test(
  'an engine’s images, which lie beside the files, are made again by a live block',
  { timeout: 180_000 * PATIENCE },
  async () => {
    const build =
      "mkdir -p box && cp /bin/busybox box/ && printf 'FROM scratch\\nCOPY busybox /busybox\\n' > box/Dockerfile && docker build -t box box";
    const images = lesson({
      tasks: [task('one', { solve: [{ ...typed(build), live: true }] }), task('two')],
    });
    await using real = await RealMover.open([course(images)], 'containers');
    await real.mover.move('ada', course(images), images, 'one');
    expect(await real.run('ada', 'docker images -q box; ls')).toBe('');
    await real.mover.move('ada', course(images), images, 'two');
    expect(await real.run('ada', 'docker run --rm box /busybox echo it runs; ls box')).toBe(
      'it runs\nDockerfile\nbusybox\n',
    );
  },
);

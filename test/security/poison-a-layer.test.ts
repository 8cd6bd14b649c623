import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { course, lesson, script, task } from '../support/lesson.ts';
import { RealMover } from '../support/real-mover.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

const MAKE = `mkdir -p /srv/tree/deep; cd /srv/tree; echo one > one; echo two > deep/two; cp /bin/cat tool; chmod 4755 tool
  rm /etc/issue; rm -r /etc/skel; mkdir /etc/skel; chown learner:learner deep`;
const LOOK = `cd /srv/tree && find . /etc/skel /etc/issue -printf '%p %y %m %U:%G %s %l\\n' 2>/dev/null | sort; cat one deep/two; cmp tool /bin/cat`;

/** Each tries in its own way; what fails of it is no matter. */
const ATTACKS = [
  'echo evil > one; echo evil >> deep/two; echo evil > new; truncate -s 0 tool',
  'chmod -R 777 .; chown -R 1000:1000 .; touch -d 2001-01-01 one; setcap cap_net_raw+ep tool',
  'rm -rf /srv/tree/deep one; mkdir deep; mv tool moved; ln moved hard; rm -r /etc/skel; echo evil > /etc/issue',
  'perl -e \'for (qw(opaque redirect metacopy)) { syscall(188, "/srv/tree", "trusted.overlay.$_", "y", 1, 0) }\'',
  'mknod one c 0 0; mknod whiteout c 0 0; mount -o remount,rw /; mount --bind / /mnt; umount -l /',
  `grep -o 'lowerdir=[^, ]*' /proc/self/mountinfo | cut -d= -f2 | tr : '\\n' | while read -r dir; do
     echo evil > "$dir/srv/tree/one"; rm -rf "$dir/srv"; mkdir -p "$dir"; done`,
  `for disk in /dev/loop* /sys/block/*; do echo evil > "$disk"; done; mknod /tmp/loop b 7 0; echo evil > /tmp/loop
     mount /tmp/loop /mnt; echo evil > /mnt/upper/srv/tree/one`,
];

/** Everything of the layer on the host, contents and all. */
function onHost(sandboxes: RealSandboxes, layer: string): string {
  const script = `find . -printf '%p %y %m %U:%G %s %T@ %l %n\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum`;
  return execFileSync('sh', ['-c', script], { cwd: join(sandboxes.config.paths.layers, layer), encoding: 'utf8' });
}

test.each(['standard', 'containers'] as const)(
  'nothing that root in one learner’s sandbox does changes what another gets of a layer: profile %s',
  async (profile) => {
    await using sandboxes = await RealSandboxes.open();
    const spec = sandboxes.specOf(profile);
    const maker = await sandboxes.start(spec);
    await sandboxes.run(maker, MAKE, { root: true });
    await sandboxes.driver.snapshot(maker, 'layer');
    const layered = { ...spec, layers: ['layer'] };
    const look = async (id: string) => (await sandboxes.run(id, LOOK, { root: true })).out;
    const before = onHost(sandboxes, 'layer');
    const neighbour = await sandboxes.start(layered);
    const seen = await look(neighbour);
    expect(seen).toContain('./tool f 4755 0:0');
    for (const attack of ATTACKS) {
      const attacker = await sandboxes.start(layered);
      await sandboxes.run(attacker, `cd /srv/tree; ${attack}`, { root: true });
      // Its own view may be anything; a name that is stored is not stored anew.
      await sandboxes.driver.snapshot(attacker, 'layer');
      await sandboxes.driver.destroy(attacker);
      expect(onHost(sandboxes, 'layer')).toBe(before);
    }
    expect(await look(neighbour)).toBe(seen);
    expect(await look(await sandboxes.start(layered))).toBe(seen);
  },
);

test('a link in a sandbox leads a layer nowhere on the host', async () => {
  await using sandboxes = await RealSandboxes.open();
  const id = await sandboxes.start();
  const { run, paths } = sandboxes.config;
  const targets = ['/etc/shadow', paths.supervisorData, run, '/proc/1/root', '../../../../../../etc'];
  const links = targets
    .map((target, n) => `ln -s ${target} /srv/link${n}; rm -rf /media; ln -s ${target} /media`)
    .join('; ');
  await sandboxes.run(id, `${links}; ln -s / /srv/root; touch /srv/root/srv/inside`, { root: true });
  await sandboxes.driver.snapshot(id, 'layer');
  const names = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%p %y %l\n'], {
    cwd: join(paths.layers, 'layer'),
    encoding: 'utf8',
  });
  expect(names).toContain('./srv/link0 l /etc/shadow\n');
  expect(names).toContain('./srv/inside f \n');
  // Nothing but what the sandbox wrote: no file came in by a link.
  expect(names.split('\n').filter((line) => line.includes(' f '))).toEqual(['./srv/inside f ']);
});

test('what a learner did in their sandbox is in nobody’s layer', async () => {
  const two = lesson({ setup: script('echo setup > note'), tasks: [task('one'), task('two')] });
  const ours = course(two);
  await using real = await RealMover.open([ours]);
  const ada = real.sessions.open('ada', 'course', 'image');
  await ada.ready();
  await real.run('ada', 'echo evil > ~learner/.bashrc; echo evil > ~learner/note; echo evil > /etc/profile', {
    root: true,
  });
  await real.mover.move('ben', ours, two, 'two');
  expect(await real.run('ben', 'cat ~/note; grep -l evil ~/.bashrc /etc/profile || true')).toBe('setup\n');
  await real.mover.move('ada', ours, two, 'two');
  expect(await real.run('ada', 'cat ~/note; grep -l evil ~/.bashrc /etc/profile || true')).toBe('setup\n');
});

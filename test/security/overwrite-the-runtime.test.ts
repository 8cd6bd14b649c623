import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ATTACKERS, startWithEngine } from '../support/engine-attacker.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

/** Opens for writing whatever program runs, again and again (CVE-2019-5736); tells each that it could open. */
const GRAB = `
  end=$((SECONDS + 2))
  while [ $SECONDS -lt $end ]; do
    for exe in /proc/[0-9]*/exe /proc/self/exe /dev/slipway-init; do
      what=$(readlink -f $exe)
      case $what in *slipway* | *crun* | *runc* | /proc/* | memfd*) (: 9<>$exe) 2>/dev/null && echo "opened $exe $what" ;; esac
    done
  done`;

test.each(['crun', 'runc'] as const)(
  'no program of the host can be overwritten from inside while %s starts things',
  async (runtime) => {
    await using sandboxes = await RealSandboxes.open({ runtime });
    const programs = [sandboxes.config.paths.native, sandboxes.supervisor.runtime.path, process.execPath];
    const hashes = () => programs.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
    const before = hashes();
    const id = await sandboxes.start();
    const grabs = [sandboxes.run(id, GRAB), sandboxes.run(id, GRAB, { root: true })];
    let done = false;
    const busy = (async () => {
      for (let n = 0; !done; n++) {
        await sandboxes.run(id, 'true', { root: n % 2 === 0 });
        if (n < 5) (await TestTerminal.open(sandboxes.driver, id, `t${n}`)).close();
        if (n < 3) await sandboxes.start();
      }
    })();
    const results = await Promise.all(grabs);
    done = true;
    await busy;
    expect(results.map(({ out }) => out)).toEqual(['', '']);
    expect(hashes()).toEqual(before);
  },
);

test('neither can they by root in a sandbox with an engine, who may mount and trace what runs in there', async () => {
  await using sandboxes = await RealSandboxes.open();
  const programs = [sandboxes.config.paths.native, sandboxes.supervisor.runtime.path, process.execPath];
  const hashes = () => programs.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
  const before = hashes();
  const id = await startWithEngine(sandboxes);
  // Only init: the first process of a container is a program of the container.
  const script = `
    busybox mkdir -p /tmp/anew; busybox mount -o remount,bind,rw,suid,dev /dev/slipway-init 2>/dev/null
    busybox mount -o remount,bind,rw /host/dev/slipway-init 2>/dev/null; busybox umount /dev/slipway-init 2>/dev/null
    for f in /dev/slipway-init /host/dev/slipway-init /proc/1/exe; do
      case $f$(busybox readlink $f) in *slipway*) [ -e $f ] || continue ;; *) continue ;; esac
      (echo x >> $f) 2>/dev/null && echo "wrote $f"; busybox chmod 4777 $f 2>/dev/null && echo "changed $f"
      busybox chown 0:0 $f 2>/dev/null && echo "took $f"
    done
    for fd in /proc/1/fd/*; do busybox readlink $fd; done | busybox grep -v -e "^pipe:" -e "^socket:" -e "^anon_inode:" -e "^/dev/" -e "^/sys/fs/cgroup/" -e "^/proc" -e "^/var/lib/docker$" -e "/${id}/learner/tasks$" -e "/${id}/learner/session/cgroup.procs$"
    echo tried`;
  for (const [who, attack] of ATTACKERS) expect((await attack(sandboxes, id, script)).out, who).toBe('tried\n');
  const grabs = await Promise.all([sandboxes.run(id, GRAB, { root: true }), sandboxes.start(), sandboxes.start()]);
  expect(grabs[0].out).not.toMatch(/slipway|crun|\/proc\//);
  expect(hashes()).toEqual(before);
});

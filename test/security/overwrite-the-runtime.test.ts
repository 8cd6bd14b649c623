import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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

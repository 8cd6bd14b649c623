import { expect, test } from 'vitest';
import { RealSandboxes } from '../support/sandboxes.ts';
import { describeLayers, type LayerHost } from './layer-contract.ts';

for (const runtime of ['crun', 'runc'] as const) {
  let sandboxes: RealSandboxes;
  describeLayers(
    `OCI (${runtime})`,
    async () => (sandboxes = await RealSandboxes.open({ runtime })),
    (host) => describeFiles(host, (id, script, root = true) => print(sandboxes, id, script, root)),
  );
}

/** What files are besides their content. `print` runs a script in a sandbox, as root, and gives what it printed. */
function describeFiles(host: LayerHost, print: (id: string, script: string, root?: boolean) => Promise<string>): void {
  const both = async (make: string, look: string): Promise<[before: string, after: string]> => {
    const first = await host.start();
    await print(first, make);
    const before = await print(first, look);
    const layer = await host.snapshot(first);
    return [before, await print(await host.start([layer]), look)];
  };

  test('owners, modes, times, links and attributes are what they were, under other ids of the host’s', async () => {
    const make = `
      mkdir /srv/all; cd /srv/all; umask 022
      echo text > plain; chown learner:learner plain; chmod 640 plain; touch -d '2001-02-03 04:05:06.789' plain
      echo set > set; chown 1:2 set; chmod 6755 set
      ln plain hard; ln -s plain soft; ln -s /no/where dangling; chown -h 5:6 dangling; touch -h -d 2002-02-02 soft
      mkdir -m 1777 sticky; touch -d 2003-03-03 sticky
      truncate -s 64M holes; echo end >> holes
      echo high > high; chown 65534:65534 high
      : > empty; printf 'a\\nb' > 'name with
line'`;
    const look = `cd /srv/all
      find . -type d -printf '%P %m %U:%G %T@\n' -o -printf '%P %y %m %U:%G %s %T@ %l %n\n' | sort | sed 1d
      cat plain hard set; [ plain -ef hard ] && echo one file; [ $(stat -c %b holes) -lt 100 ] && echo holes`;
    const [before, after] = await both(make, look);
    expect(before).toMatch(/^set f 6755 1:2 4 /m);
    expect(before).toMatch(/^hard f 640 1000:1000 5 [\d.]+789\d* {2}2$/m);
    expect(before).toMatch(/one file\nholes\n$/);
    expect(after).toBe(before);
  });

  test('a program keeps its capabilities, which are those of the new sandbox’s own root', async () => {
    const make = 'cp /bin/cat /srv/reader; setcap cap_dac_read_search+ep /srv/reader';
    const [before, after] = await both(make, 'getcap -n /srv/reader');
    expect(before).toBe('/srv/reader cap_dac_read_search=ep\n');
    expect(after).toBe(before);
  });

  test('what the image has, and the sandbox changed, deleted or put another in the place of, is so', async () => {
    const make = `
      echo more >> /etc/debian_version; rm /etc/issue; rm -r /etc/skel
      rm -r /etc/security; mkdir /etc/security; echo new > /etc/security/new
      mv /etc/profile.d /etc/moved; chmod 700 /opt; rmdir /media; ln -s /opt /media; rm /etc/issue.net`;
    const look = `tail -1 /etc/debian_version; ls -d /etc/issue* /etc/skel /etc/profile.d 2>/dev/null
      ls -A /etc/security /etc/moved; stat -c '%a %F' /opt /media; mkdir -p /etc/security/again; rmdir /etc/security/again`;
    const [before, after] = await both(make, look);
    expect(before).toMatch(/^more\n\/etc\/moved:\n[^]*\/etc\/security:\nnew\n\n?700 directory\n777 symbolic link\n$/);
    expect(after).toBe(before);
  });

  test('a pipe or a socket is in no layer, and what it stood in the place of does not come back', async () => {
    const make = 'rm /etc/issue; mkfifo /etc/issue; mkfifo /srv/pipe';
    const [before, after] = await both(make, 'ls /etc/issue /srv 2>/dev/null || true');
    expect(before).toBe('/etc/issue\n\n/srv:\npipe\n');
    expect(after).toBe('/srv:\n');
  });

  test('a layer of a sandbox that has one holds its own changes alone', async () => {
    const first = await host.start();
    await print(first, 'mkdir /srv/tree; echo one > /srv/tree/one; echo two > /srv/tree/two');
    const lower = await host.snapshot(first);
    const second = await host.start([lower]);
    await print(second, 'rm -r /srv/tree; mkdir /srv/tree; echo three > /srv/tree/three');
    const upper = await host.snapshot(second);
    expect(await print(await host.start([lower, upper]), 'ls /srv/tree')).toBe('three\n');
    expect(await print(await host.start([lower]), 'ls /srv/tree')).toBe('one\ntwo\n');
    expect(await print(await host.start([upper]), 'ls /srv/tree')).toBe('three\n');
  });

  test('what is in memory, and what init keeps for its terminals, is in no layer', async () => {
    const first = await host.start();
    await print(
      first,
      'mkdir -p /var/lib/slipway; echo secret > /var/lib/slipway/kept; echo shm > /dev/shm/x; echo tmp > /tmp/x',
    );
    const next = await host.start([await host.snapshot(first)]);
    expect(await print(next, 'cat /var/lib/slipway/kept /dev/shm/x /tmp/x 2>/dev/null || true')).toBe('tmp\n');
  });
}

async function print(sandboxes: RealSandboxes, id: string, script: string, root: boolean): Promise<string> {
  const { status, out, err } = await sandboxes.run(id, script, { root });
  if (status !== 0) throw new Error(`in the sandbox: status ${status}: ${err}${out}`);
  return out;
}

/**
 * What a sandbox of profile `containers` owes its learner: Docker's own engine, working as in the books, within the
 * sandbox's limits. The same suite runs on control groups version 1 and 2, under each runtime.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../sandbox-server/config.ts';
import { Cgroups } from '../../sandbox-server/sandbox/oci/supervisor/cgroups.ts';
import { buildBusybox, dockerIn, ENGINES } from '../support/engine.ts';
import { PATIENCE } from '../support/patience.ts';
import type { RealSandboxes } from '../support/sandboxes.ts';

export function describeEngineContract(
  runtime: string,
  open: (overrides?: Partial<Config>) => Promise<RealSandboxes>,
): void {
  describe(`the engine in a sandbox under ${runtime}`, () => {
    let sandboxes: RealSandboxes;
    let id: string;
    /** Runs a script as the learner; fails where it does. Resolves to what it printed. */
    let sh: (script: string) => Promise<string>;

    beforeAll(async () => {
      sandboxes = await open();
      id = await sandboxes.start(sandboxes.specOf('containers'));
      sh = dockerIn(sandboxes, id);
    });
    afterAll(() => sandboxes?.[Symbol.asyncDispose]());

    test('does not run before somebody uses its socket, and does when somebody has', async () => {
      expect(await sh(`stat -c %U:%G:%a /run/docker.sock; ${ENGINES}`)).toBe('root:docker:660\n0\n');
      expect(await sh('docker version -f "{{.Server.Os}}"')).toBe('linux\n');
      expect(await sh(ENGINES)).toBe('1\n');
    });

    test('is Debian’s, as it is: its files are those of the package', async () => {
      expect(await sh('sudo dpkg --verify docker.io containerd runc | grep -v /usr/share/ || echo unchanged')).toBe(
        'unchanged\n',
      );
    });

    test('stores layers as overlays on a file system that is none, within the sandbox’s disk', async () => {
      expect(await sh('docker info -f "{{.Driver}}"; findmnt -no FSTYPE --target /var/lib/docker')).toBe(
        'overlay2\next4\n',
      );
      const size = Number(await sh('df --output=size -B1 /var/lib/docker | tail -1'));
      expect(size).toBeLessThan(sandboxes.specOf('containers').limits.diskBytes);
    });

    test('builds an image from scratch and runs it in namespaces and a network of its own', async () => {
      await buildBusybox(sh);
      expect(await sh('docker run --rm box hostname -i')).toMatch(/^172\.17\.\d+\.\d+\n$/);
      expect(await sh('docker run --rm box ps -o pid,args')).toMatch(/^PID +COMMAND\n +1 .*ps -o pid,args\n$/);
      expect(await sh('docker run --rm --hostname other box hostname')).toBe('other\n');
      expect(await sh('docker run --rm --user 1000:1000 box id -u')).toBe('1000\n');
      expect(await sh('docker run --rm --network none box ip -o addr | wc -l')).toBe('1\n');
    });

    test('builds with BuildKit as well', async () => {
      const build = 'DOCKER_BUILDKIT=1 docker build --progress plain -t box2 -';
      await sh(`printf 'FROM box\\nRUN ["/bin/busybox", "touch", "/made"]\\n' | ${build} 2>&1`);
      expect(await sh('docker run --rm box2 ls /made')).toBe('/made\n');
    });

    test('logs, ps, exec, inspect, history, images and stop say what the books say', async () => {
      await sh('docker run -d --name talker box sh -c "echo from inside; exec sleep 1000"');
      await sh('until docker logs talker | grep -q inside; do sleep 0.1; done');
      expect(await sh('docker logs talker')).toBe('from inside\n');
      expect(await sh('docker ps --format "{{.Names}} {{.State}}"')).toBe('talker running\n');
      expect(await sh('docker exec talker busybox ps -o args | grep -c "sleep 1000"')).toBe('1\n');
      expect(await sh('docker inspect -f "{{.State.Running}} {{.Config.Image}}" talker')).toBe('true box\n');
      expect(await sh('docker history -q box | wc -l')).toBe('2\n');
      expect(await sh('docker images -q box | wc -l')).toBe('1\n');
      expect(await sh('docker stop -t 0 talker; docker inspect -f "{{.State.Status}}" talker; docker rm talker')).toBe(
        'talker\nexited\ntalker\n',
      );
    });

    test('publishes a port, 80 too, to the learner’s shell', async () => {
      await sh(
        'docker run -d --name web -p 80:80 box sh -c "mkdir /w; echo hello > /w/index.html; exec httpd -f -h /w"',
      );
      expect(await sh('for n in $(seq 50); do busybox wget -qO- http://localhost/ && break; sleep 0.1; done')).toBe(
        'hello\n',
      );
      expect(await sh('docker port web; docker rm -f web')).toMatch(/^80\/tcp -> 0\.0\.0\.0:80\n[^]*web\n$/);
    });

    test('lets containers of one network find each other by name, and no others', async () => {
      await sh('docker network create net1; docker run -d --name server --network net1 box sleep 1000');
      expect(await sh('docker run --rm --network net1 box ping -c 1 -W 5 server')).toContain('1 packets received');
      expect(await sh('docker run --rm box ping -c 1 -W 1 server 2>&1 || echo apart')).toContain('apart');
      await sh('docker rm -f server; docker network rm net1');
    });

    test('keeps volumes, and mounts the learner’s folders', async () => {
      await sh('docker volume create kept; docker run --rm -v kept:/kept box touch /kept/file');
      expect(await sh('docker run --rm -v kept:/kept box ls /kept')).toBe('file\n');
      await sh('mkdir -p ~/shared; docker run --rm -v ~/shared:/s --user 1000 box touch /s/mine');
      expect(await sh('stat -c %U ~/shared/mine')).toBe('learner\n');
      expect(await sh('docker run --rm -v ~/shared:/s:ro box touch /s/not 2>&1 || true')).toContain('Read-only');
    });

    test('ends a container at its memory limit, and says why', async () => {
      // The engine hears of the kernel's kill a moment later, and not at all where the container is gone by then.
      const inside = 'dd if=/dev/zero of=/dev/null bs=64M count=1; s=$?; sleep 1; exit $s';
      const eat = `docker run --name eater --memory 32m box sh -c '${inside}'`;
      expect(await sh(`${eat} 2>/dev/null; echo $?`)).toBe('137\n');
      expect(await sh('docker inspect -f "{{.State.OOMKilled}} {{.HostConfig.Memory}}" eater; docker rm eater')).toBe(
        'true 33554432\neater\n',
      );
    });

    test('holds a container to its processes and its processor time', async () => {
      const fork = 'for n in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait';
      expect(await sh(`docker run --rm --pids-limit 5 box sh -c '${fork}' 2>&1 || true`)).toContain("can't fork");
      const quota = 'cat /sys/fs/cgroup/cpu.max 2>/dev/null || cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us';
      expect(await sh(`docker run --rm --cpus 0.5 box sh -c '${quota}'`)).toMatch(/^50000\b/);
    });

    test('counts what containers use as the sandbox’s', async () => {
      const { limits } = sandboxes.specOf('containers');
      const before = await sandboxes.driver.stats(id);
      await sh('docker run -d --name holder box sh -c "dd if=/dev/zero of=/dev/shm/x bs=1M count=60; exec sleep 1000"');
      await sh('until docker exec holder busybox test -e /dev/shm/x; do sleep 0.1; done; sleep 0.5');
      const during = await sandboxes.driver.stats(id);
      expect(during.memoryBytes - before.memoryBytes).toBeGreaterThan(50 << 20);
      expect(during.memoryBytes).toBeLessThanOrEqual(limits.memoryBytes + (32 << 20));
      expect(during.processes).toBeGreaterThan(before.processes);
      await sh('docker rm -f holder');
      // No limit of its own: the sandbox's holds.
      const eat = `docker run --rm box dd if=/dev/zero of=/dev/null bs=${limits.memoryBytes} count=1`;
      expect(await sh(`${eat} 2>&1; echo $?`)).toMatch(/(137|exhausted)/);
      expect(await sh('docker ps -q | wc -l')).toBe('0\n');
    });

    test('may make control groups of its own, and change no limit of the sandbox’s', async () => {
      const root = '/sys/fs/cgroup';
      const limits = `${root}/memory.max ${root}/pids.max ${root}/cpu.max ${root}/memory/memory.limit_in_bytes
        ${root}/pids/pids.max ${root}/memory/memory.memsw.limit_in_bytes`;
      const write = `for f in ${limits.replaceAll(/\s+/g, ' ')}; do [ ! -e $f ] || { echo max > $f; } 2>&1 | grep -o denied; done`;
      expect(await sh(`sudo sh -c '${write}' | sort -u`)).toBe('denied\n');
      const own = `d=${root}; [ -d $d/memory ] && d=$d/memory; mkdir $d/mine && echo 9999999999 > $d/mine/memory.max`;
      expect(await sh(`sudo sh -c '${own} 2>/dev/null; rmdir $d/mine && echo made'`)).toBe('made\n');
    });

    test('goes on over its data after the sandbox was stopped, and after everything in it was killed', async () => {
      await sh('docker run -d --name survivor --restart always box sleep 1000');
      await sandboxes.driver.stop(id);
      await sandboxes.driver.start(id);
      expect(await sh('docker images -q box | wc -l')).toBe('1\n');
      expect(await sh('docker ps --format "{{.Names}}"')).toBe('survivor\n');
      await sh('docker rm -f survivor');
      await sandboxes.killAll(id);
      await expect.poll(() => sh(ENGINES)).toBe('0\n');
      expect(await sh('docker run --rm box echo again')).toBe('again\n');
    });

    test('does not see another learner’s engine, nor is seen', async () => {
      const other = await sandboxes.start(sandboxes.specOf('containers'));
      const there = dockerIn(sandboxes, other);
      await sh('docker run -d --name here -p 8080:8080 box sleep 1000');
      expect(await there('docker ps -aq; docker images -q; docker volume ls -q')).toBe('');
      expect(await there('pgrep -x sleep || echo none')).toBe('none\n');
      // The same addresses and ports on both.
      await buildBusybox(there);
      await there('docker run -d --name there -p 8080:8080 box sleep 1000');
      expect(await there('docker ps --format "{{.Names}}"')).toBe('there\n');
      await sandboxes.driver.destroy(other);
      expect(await sh('docker ps --format "{{.Names}}"; docker rm -f here')).toBe('here\nhere\n');
    });

    test('says what is wrong where it cannot start, and starts once that is mended', async () => {
      await sh('sudo pkill dockerd; while pgrep dockerd; do sleep 0.1; done; sudo cp /etc/docker/daemon.json /tmp/');
      await sh('echo "{ not json" | sudo tee /etc/docker/daemon.json');
      expect(await sh('docker ps 2>&1 || true')).toMatch(
        /Error response from daemon: the Docker Engine of this sandbox could not start; its log is \/var\/log\/docker\.log; it ends with: .*daemon\.json/,
      );
      await sh('sudo cp /tmp/daemon.json /etc/docker/daemon.json');
      expect(await sh('docker ps -q')).toBe('');
    });

    test('is gone with the sandbox, whatever it runs', async () => {
      const doomed = await sandboxes.start(sandboxes.specOf('containers'));
      const there = dockerIn(sandboxes, doomed);
      await buildBusybox(there);
      await there('for n in 1 2 3 4 5; do docker run -d box sh -c "trap : TERM; while :; do sleep 1; done"; done');
      const cgroups = new Cgroups(sandboxes.supervisor.cgroupParent);
      expect((await cgroups.processes(doomed)).length).toBeGreaterThan(15);
      await sandboxes.driver.destroy(doomed);
      expect(await cgroups.processes(doomed)).toEqual([]);
      expect(await cgroups.list()).not.toContain(doomed);
    });
  });

  describe(`an engine that nobody uses, under ${runtime}`, () => {
    test('gives its memory back, and starts again when it is wanted', async () => {
      await using sandboxes = await open({ engineIdleMs: 1500 * PATIENCE });
      const id = await sandboxes.start(sandboxes.specOf('containers'));
      const sh = dockerIn(sandboxes, id);
      await buildBusybox(sh);
      await sh('docker run -d --name busy box sleep 1000');
      // Longer than it would rest: a container runs.
      expect(await sh(`sleep ${4 * PATIENCE}; ${ENGINES}`)).toBe('1\n');
      await sh('docker rm -f busy');
      await expect.poll(() => sh(ENGINES), { timeout: 20_000 * PATIENCE }).toBe('0\n');
      expect(await sh('docker images -q box | wc -l')).toBe('1\n');
    });
  });
}

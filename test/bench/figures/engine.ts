/** The engine inside a sandbox: how soon it is there, what it does beside the host's own, and what it keeps. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { PrivateDocker } from '../docker/engine.ts';
import { figure, ratio, spread } from '../figure.ts';
import { output } from '../host/run.ts';
import { sandboxTotal } from '../host/sandbox-total.ts';
import { Cgroups } from '../../../sandbox-server/sandbox/oci/supervisor/cgroups.ts';
import { runInSandbox } from '../../../sandbox-server/sandbox/init/ask.ts';
import { testConfig } from '../../support/config.ts';
import { buildHello, HELLO } from '../../support/hello.ts';
import { RealSandboxes } from '../../support/sandboxes.ts';

const MB = 1_000_000;
const RUNS = 3;
const DOCKERFILE = 'FROM scratch\nCOPY hello /hello\nCMD ["/hello"]\n';

export const engine: Bench = {
  name: 'engine',
  async run({ count, progress, signal }) {
    await using sandboxes = await RealSandboxes.open();
    const cgroups = new Cgroups(sandboxes.supervisor.cgroupParent);
    const hello = buildHello();
    await using docker = await hostDocker(sandboxes, hello);
    const spec = (profile: 'standard' | 'containers') => ({
      ...sandboxes.specOf(profile),
      limits: sandboxes.config.limits[profile],
    });
    const took = { ready: [], build: [], inside: [], host: [] } as Record<string, number[]>;
    const memory = { standard: [], containers: [], withEngine: [] } as Record<string, number[]>;
    const rounds = count(30);
    for (let round = 1; round <= rounds; round++) {
      signal.throwIfAborted();
      progress(`engine: ${round} of ${rounds}`);
      const plain = await sandboxes.start(spec('standard'));
      memory['standard']!.push((await sandboxTotal(cgroups, plain)) / MB);
      await sandboxes.driver.destroy(plain);
      const id = await sandboxes.start(spec('containers'));
      memory['containers']!.push((await sandboxTotal(cgroups, id)) / MB);
      const script = async (text: string, expected?: string) => {
        const began = performance.now();
        const { status, out, err } = await sandboxes.run(id, text, { timeoutMs: 60_000 });
        if (status !== 0 || (expected !== undefined && out !== expected)) throw new Error(`${text}: ${out}${err}`);
        return performance.now() - began;
      };
      await put(sandboxes, id, 'hello', hello);
      await put(sandboxes, id, 'Dockerfile', Buffer.from(DOCKERFILE));
      await script('chmod +x hello');
      took['ready']!.push(await script('docker version'));
      took['build']!.push(await script('docker build -q -t hello .'));
      for (let run = 0; run < RUNS; run++) {
        took['inside']!.push(await script('docker run --rm hello', HELLO));
        if (docker instanceof PrivateDocker) took['host']!.push(await onHost(docker));
      }
      memory['withEngine']!.push((await sandboxTotal(cgroups, id)) / MB);
      await sandboxes.driver.destroy(id);
    }
    const inside = spread(took['inside']!);
    const heavier = ratio(spread(memory['containers']!), spread(memory['standard']!));
    return {
      name: 'engine',
      title: 'Docker inside a sandbox',
      figures: [
        figure('engine-ready', 'First use of the socket → answer', 'ms', took['ready']!, {
          target: { limit: 2000, text: 'p95 ≤ 2 s', of: 'p95' },
        }),
        figure('engine-build', 'docker build, FROM scratch, one static executable', 'ms', took['build']!),
        figure('engine-run', 'docker run --rm of that image, inside', 'ms', inside),
        ...(docker instanceof PrivateDocker
          ? [
              figure('engine-host-run', 'docker run --rm of that image, on the host', 'ms', took['host']!),
              figure('engine-run-over-host', 'Inside over the host', '×', ratio(inside, spread(took['host']!)), {
                target: { limit: 2, text: '≤ 2 ×' },
              }),
            ]
          : []),
        figure('engine-memory-standard', 'Idle sandbox, profile standard', 'MB', memory['standard']!),
        figure('engine-memory-idle', 'Idle sandbox, profile containers, engine not used', 'MB', memory['containers']!),
        figure('engine-memory-over-standard', '  over standard', '×', heavier, {
          target: { limit: 1.05, text: '≤ 1.05 ×' },
        }),
        figure('engine-memory-used', 'The same with its engine, after three containers', 'MB', memory['withEngine']!),
      ],
      notes: [
        'A new sandbox each round with the limits that it has by default; the commands run inside as a learner’s do, without a terminal, clocked from outside. Every run has a bridge network.',
        docker instanceof PrivateDocker
          ? `On the host: ${docker.version}, in mount and network namespaces of its own, taking turns with the sandbox’s.`
          : `Docker on the host: not measured: ${docker}`,
        'Memory is the proportional set size of all processes of the sandbox and the kernel memory charged to it, without a shell.',
      ],
    };
  },
};

async function put(sandboxes: RealSandboxes, id: string, name: string, content: Buffer): Promise<void> {
  const request = { op: 'exec' as const, argv: ['sh', '-c', `cat > ~/${name}`] };
  const { status } = await runInSandbox(await sandboxes.driver.connect(id), request, content);
  if (status !== 0) throw new Error(`${name} could not be written in the sandbox`);
}

async function hostDocker({ config }: RealSandboxes, hello: Buffer) {
  const rootfs = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  try {
    writeFileSync(join(rootfs, 'hello'), hello, { mode: 0o755 });
    return await PrivateDocker.start({ ...config, data: testConfig().data }, rootfs, ['CMD ["/hello"]']);
  } finally {
    rmSync(rootfs, { recursive: true, force: true });
  }
}

async function onHost({ command, image }: PrivateDocker): Promise<number> {
  const began = performance.now();
  const { status, text } = await output([...command, 'run', '--rm', image]);
  if (status !== 0 || text !== HELLO) throw new Error(`docker run on the host: status ${status}: ${text}`);
  return performance.now() - began;
}

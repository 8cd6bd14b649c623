/** Start: from asking for a sandbox to the first command's answer, beside Docker on the same file system. */
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { type Moments, startOnce, stepFigures } from '../client/start-once.ts';
import { PrivateDocker } from '../docker/engine.ts';
import { dockerCommand, dockerPrompt } from '../docker/start.ts';
import { figure, ratio, spread, type Figure } from '../figure.ts';
import { BenchServer } from '../host/server.ts';
import { launchStages } from '../host/launch-stages.ts';
import { imageOf } from '../../support/config.ts';

export const start: Bench = {
  name: 'start',
  async run({ count, progress, signal }) {
    await using server = await BenchServer.start();
    const { config } = server.server;
    const rootfs = join(config.paths.images, imageOf(config, 'standard'), 'rootfs');
    progress('start: docker import');
    await using docker = await PrivateDocker.start(config, rootfs);

    const ours: Moments[] = [];
    const command: number[] = [];
    const prompt: number[] = [];
    const failures: string[] = [];
    const dockerFailures: string[] = [];
    const rounds = count(100);
    for (let round = 1; round <= rounds; round++) {
      signal.throwIfAborted();
      progress(`start: ${round} of ${rounds}`);
      await startOnce(server.url).then(
        (moments) => ours.push(moments),
        (error: Error) => failures.push(`start ${round}: ${error.message}`),
      );
      await server.empty();
      if (!(docker instanceof PrivateDocker)) continue;
      const failed = (error: Error) => dockerFailures.push(`docker run, round ${round}: ${error.message}`);
      await dockerCommand(docker).then((ms) => command.push(ms), failed);
      await dockerPrompt(docker).then((ms) => prompt.push(ms), failed);
    }

    const total = spread(ours.map(({ answer }) => answer));
    const figures: Figure[] = [
      figure('start', 'Slipway: request → prompt → answer', 'ms', total),
      ...stepFigures('start', ours),
      ...(await launchStages(server)),
    ];
    if (docker instanceof PrivateDocker) {
      const target = { limit: 0.5, text: '≤ 0.5 ×' };
      figures.push(
        figure('docker-command', 'docker run -i IMAGE sh -c "echo 42"', 'ms', command),
        figure('docker-prompt', 'docker run -it IMAGE bash: prompt → answer', 'ms', prompt),
        figure(
          'start-over-docker-command',
          'Slipway over docker run, one command',
          '×',
          ratio(total, spread(command)),
          { target },
        ),
        figure('start-over-docker-prompt', 'Slipway over docker run, at a prompt', '×', ratio(total, spread(prompt))),
      );
    }
    const none = { n: rounds, p50: failures.length, p95: failures.length, p99: failures.length };
    figures.push(figure('start-failures', 'Starts that failed', '', none, { target: { limit: 0, text: 'none' } }));
    return {
      name: 'start',
      title: 'Start of a sandbox',
      figures,
      notes: [
        'A new learner each time, one after the other, no pool: HTTP request, WebSocket, `open`; `echo $((6*7))` is typed at the prompt, and the clock stops at 42. The sandbox is destroyed before the next.',
        docker instanceof PrivateDocker
          ? `${docker.version} takes turns with it: the same files imported as an image, no network, no limits, from the command's start to 42.`
          : `Docker: not measured: ${docker}`,
        ...failures,
        ...dockerFailures,
      ],
    };
  },
};

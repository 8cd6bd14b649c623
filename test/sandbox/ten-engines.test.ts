import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBusybox, dockerIn } from '../support/engine.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

const LEARNERS = 10;

let sandboxes: RealSandboxes;
beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

test('ten learners build and run images at the same time, and nothing fails', { timeout: 300_000 }, async () => {
  const lesson = async (learner: number) => {
    const spec = { ...sandboxes.specOf('containers'), limits: sandboxes.config.limits.containers };
    const sh = dockerIn(sandboxes, await sandboxes.start(spec), 240_000);
    await buildBusybox(sh);
    await sh(
      `printf 'FROM box\\nRUN ["/bin/busybox", "sh", "-c", "echo ${learner} > /who"]\\n' | docker build -q -t own -`,
    );
    await sh('docker run -d --name web -p 80:80 own sh -c "mkdir /w; cp /who /w/index.html; exec httpd -f -h /w"');
    const said = [await sh('docker run --rm own cat /who'), await sh('docker run --rm --memory 32m own cat /who')];
    said.push(await sh('for n in $(seq 100); do busybox wget -qO- http://localhost/ && break; sleep 0.2; done'));
    await sh('docker rm -f web; docker system prune -af');
    return said;
  };
  const learners = Array.from({ length: LEARNERS }, (_, n) => n);
  const said = await Promise.all(learners.map(lesson));
  expect(said).toEqual(learners.map((n) => [`${n}\n`, `${n}\n`, `${n}\n`]));
});

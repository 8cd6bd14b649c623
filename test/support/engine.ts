/** The engine inside a sandbox, as a learner uses it. */
import { PATIENCE } from './patience.ts';
import type { RealSandboxes } from './sandboxes.ts';

/** Prints how many engines run. */
export const ENGINES = 'pgrep -xc dockerd || true';

/** Runs scripts in a sandbox as its learner. One that fails fails the test, with what it printed. */
export function dockerIn(
  sandboxes: RealSandboxes,
  id: string,
  timeoutMs = 60_000 * PATIENCE,
): (script: string) => Promise<string> {
  return async (script) => {
    const { status, signal, timedOut, out, err } = await sandboxes.run(id, script, { timeoutMs });
    if (status !== 0)
      throw new Error(`${script}\n  ended with ${timedOut ? 'a time-out' : (status ?? signal)}: ${out}${err}`);
    return out;
  };
}

const DOCKERFILE = ['FROM scratch', 'COPY busybox /bin/', 'RUN ["/bin/busybox", "--install", "-s", "/bin"]'];

/** Builds image `box`: Debian's static busybox alone, of which each word after the image's name is a program. */
export async function buildBusybox(sh: (script: string) => Promise<string>): Promise<void> {
  const lines = DOCKERFILE.map((line) => `'${line}'`).join(' ');
  await sh(
    `mkdir -p ~/box && cp /bin/busybox ~/box/ && cd ~/box && printf '%s\\n' ${lines} > Dockerfile && docker build -q -t box .`,
  );
}

/** Programs of ours in a sandbox, test/support/attacker most of all. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goEnvironment } from '../../sandbox-server/cli/stages/native-program.ts';
import { runInSandbox } from '../../sandbox-server/sandbox/init/ask.ts';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';
import type { RealSandboxes } from './sandboxes.ts';

const ROOT = join(import.meta.dirname, '../..');
const INSIDE = '/tmp/attacker';

/** Path of the attacker on the host, built where it is not. */
export function attackerOnHost(): Promise<string> {
  return buildForSandbox('attacker');
}

/** Builds a Go program of this folder that needs nothing of an image; its path. `arch` is Go's name of a processor. */
export async function buildForSandbox(name: string, arch?: string): Promise<string> {
  const program = join(ROOT, 'build', `test-${name}${arch === undefined ? '' : `-${arch}`}`);
  await promisify(execFile)('go', ['build', '-trimpath', '-buildvcs=false', '-o', program, '.'], {
    cwd: join(import.meta.dirname, name),
    env: { ...goEnvironment(ROOT), ...(arch === undefined ? {} : { GOARCH: arch }) },
  });
  return program;
}

/** Writes a file in the sandbox, as the learner, and makes it a program. */
export async function putProgram(sandboxes: RealSandboxes, id: string, path: string, bytes: Uint8Array): Promise<void> {
  const argv = ['sh', '-c', 'cat > "$0" && chmod 755 "$0"', path];
  const { status, stderr } = await runInSandbox(await sandboxes.driver.connect(id), { op: 'exec', argv }, bytes);
  if (status !== 0) throw new Error(`${path}: ${stderr.toString()}`);
}

/** Puts the attacker into a running sandbox. */
export async function putAttacker(sandboxes: RealSandboxes, id: string): Promise<void> {
  await putProgram(sandboxes, id, INSIDE, await readFile(await attackerOnHost()));
}

type Answer = Record<string, unknown>;

/** Runs an attack to its end; what it tells of itself. */
export async function attack(
  sandboxes: RealSandboxes,
  id: string,
  name: string,
  options: { number?: number; root?: boolean } = {},
): Promise<Answer> {
  const { number = 0, root = false } = options;
  const argv = [INSIDE, name, String(number)];
  const duplex = await sandboxes.driver.connect(id);
  const { stdout, stderr } = await runInSandbox(duplex, { op: 'exec', argv, root, timeoutMs: 30_000 });
  if (stdout.length === 0) throw new Error(`the attack ${name} tells nothing: ${stderr.toString()}`);
  return JSON.parse(stdout.toString('utf8')) as Answer;
}

/** An attack that holds what it got until it is disposed. */
export class HeldAttack implements Disposable {
  readonly answer: Answer;
  private readonly stream: InitStream;

  private constructor(answer: Answer, stream: InitStream) {
    this.answer = answer;
    this.stream = stream;
  }

  /** Resolves when the attack has got all that it can get. */
  static async start(sandboxes: RealSandboxes, id: string, name: string, number: number): Promise<HeldAttack> {
    const duplex = await sandboxes.driver.connect(id);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let text = '';
    const argv = [INSIDE, name, String(number), 'hold'];
    const stream = new InitStream(
      duplex,
      { op: 'exec', argv },
      {
        onData: (bytes) => {
          text += bytes.toString('utf8');
          if (text.endsWith('\n')) resolve(JSON.parse(text) as Answer);
        },
        onControl: (message) => reject(new Error(`the attack ${name} ended: ${JSON.stringify(message)}`)),
        onEnd: (error) => reject(error ?? new Error(`the stream of the attack ${name} ended`)),
      },
    );
    return new HeldAttack(await promise, stream);
  }

  [Symbol.dispose](): void {
    this.stream[Symbol.dispose]();
  }
}

/** What `docker run` takes for what a start of ours does. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { PROMPT } from '../client/terminal.ts';
import type { PrivateDocker } from './engine.ts';

const COMMAND = 'echo $((6*7))\n';
const ANSWER = '42';

/** Milliseconds from the start of the client to the output of one command, which is given with it: no terminal. */
export async function dockerCommand({ command, image }: PrivateDocker): Promise<number> {
  const began = performance.now();
  const [program, ...args] = [...command, 'run', '--rm', '-i', '--network', 'none', image, 'sh', '-c', 'echo 42'];
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const at = await sees(child.stdout, ANSWER);
  child.stdin.end();
  await ended;
  return at - began;
}

/** Milliseconds from the start of the client to the answer to a command that is typed at the prompt, as the learner's user. */
export async function dockerPrompt({ command, image }: PrivateDocker): Promise<number> {
  const began = performance.now();
  const run = [...command, 'run', '--rm', '-it', '--network', 'none', '--user', '1000:1000', image, 'bash', '-i'];
  // `script` gives the client the terminal that -t wants. Nothing in the command needs quoting.
  const [program, ...args] = ['script', '--quiet', '--command', run.join(' '), '/dev/null'];
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await sees(child.stdout, PROMPT);
  child.stdin.write(COMMAND);
  const at = await sees(child.stdout, ANSWER);
  child.stdin.write('exit\n');
  await ended;
  child.stdin.destroy();
  return at - began;
}

/** Resolves to the time at which the text is there. Rejects where the stream ends without it. */
function sees(stream: Readable, needle: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const look = (bytes: Buffer) => {
      const now = performance.now();
      text += bytes.toString('latin1');
      if (!text.includes(needle)) return;
      stream.off('data', look).off('end', ended);
      resolve(now);
    };
    const ended = () => reject(new Error(`docker run ended before "${needle}": ${text}`));
    stream.on('data', look).once('end', ended);
  });
}

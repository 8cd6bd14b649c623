/** What `init` does with `exec`, on this machine: for tests of what is run in a sandbox, where it does not matter in which. */
import { spawn } from 'node:child_process';
import { duplexPair, type Duplex } from 'node:stream';
import { FrameDecoder, encodeControl, encodeFrame } from '../../sandbox-server/sandbox/init/decoder.ts';
import { FrameKind, type StreamRequest } from '../../sandbox-server/sandbox/init/frames.ts';

export interface LocalInitOptions {
  /** Its home and working directory. */
  home: string;
  /** The shells that there are; others are `not-found`. */
  shells?: string[];
}

/** One stream, as a driver's `connect` gives it. Closing it ends the command's process group. */
export function localInit({ home, shells = ['bash', 'sh'] }: LocalInitOptions): Duplex {
  const [ours, theirs] = duplexPair();
  let request = '';
  const decoder = new FrameDecoder((kind, payload) => ours.emit('frame', kind, payload));
  ours.on('error', () => {});
  ours.on('data', (chunk: Buffer) => {
    if (request.endsWith('\n')) return decoder.push(chunk);
    const end = chunk.indexOf('\n');
    request += chunk.subarray(0, end < 0 ? chunk.length : end + 1).toString('utf8');
    if (end < 0) return;
    serve(ours, JSON.parse(request) as StreamRequest, home, shells);
    decoder.push(chunk.subarray(end + 1));
  });
  ours.once('end', () => ours.destroy());
  return theirs;
}

function serve(stream: Duplex, request: StreamRequest, home: string, shells: string[]): void {
  if (request.op !== 'exec') throw new Error(`a local init has no ${request.op}`);
  const [program, ...args] = request.argv as [string, ...string[]];
  if (!shells.includes(program)) {
    return void stream.end(encodeControl({ ok: false, code: 'not-found', message: `no ${program}` }));
  }
  const env = { HOME: home, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
  const child = spawn(program, args, { cwd: home, env: { ...env, ...request.env }, detached: true });
  const end = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, request.timeoutMs);
  stream.once('close', end);
  stream.write(encodeControl({ ok: true }));
  stream.on('frame', (kind: FrameKind, payload: Buffer) => {
    if (kind === FrameKind.Data) child.stdin.write(Buffer.from(payload));
    else child.stdin.end();
  });
  child.stdin.on('error', () => {});
  child.stdout.on('data', (bytes: Buffer) => stream.write(encodeFrame(FrameKind.Data, bytes)));
  child.stderr.on('data', (bytes: Buffer) => stream.write(encodeFrame(FrameKind.ErrorData, bytes)));
  child.once('exit', end);
  child.once('close', (status, signal) => {
    clearTimeout(timer);
    stream.end(encodeControl({ type: 'ended', status, signal, timedOut, flooded: false }));
  });
}

/** What systemd and a process of ours say to each other: sockets that it holds for us, and that we are ready and well. */
import { spawn } from 'node:child_process';

/** The first socket that is handed over; standard input, output and error come before. */
const FIRST_DESCRIPTOR = 3;

/**
 * The descriptor of the listening socket that was handed to this very process, or undefined where it makes its own. The
 * kernel keeps those that connect waiting in it while no process accepts: a restart refuses nobody.
 */
export function handedSocket(env: NodeJS.ProcessEnv = process.env, pid = process.pid): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = env;
  // Whoever was started by a process that sockets were handed to has inherited the words and not the sockets.
  if (LISTEN_PID !== String(pid) || LISTEN_FDS === undefined) return undefined;
  if (LISTEN_FDS !== '1') throw new Error(`one socket was expected from systemd, and LISTEN_FDS is ${LISTEN_FDS}`);
  return FIRST_DESCRIPTOR;
}

/** Tells systemd that this process is ready, and from then on that it is well: as long as its event loop turns. */
export function tellReady(env: NodeJS.ProcessEnv = process.env): void {
  if (env['NOTIFY_SOCKET'] === undefined) return;
  notify(['--ready']);
  const watchdogMs = Number(env['WATCHDOG_USEC'] ?? 0) / 1000;
  if (watchdogMs > 0) setInterval(() => notify(['WATCHDOG=1']), watchdogMs / 3).unref();
}

/** Node has no datagram sockets of Unix: systemd's own program speaks for us. */
function notify(message: string[]): void {
  const speaker = spawn('systemd-notify', [`--pid=${process.pid}`, ...message], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // What is not told, systemd ends us for, and says so.
  speaker.on('error', (error) => process.stderr.write(`systemd-notify cannot be run: ${error.message}\n`));
}

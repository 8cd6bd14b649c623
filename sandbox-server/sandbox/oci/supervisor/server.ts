/** The supervisor's socket: requests → sandboxes → answers (../protocol.ts). */
import { chmod, chown, rm } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import { DriverError } from '../../driver.ts';
import { hostLack } from '../host-lack.ts';
import { forRequest } from '../../../request.ts';
import { readLines, writeLine } from '../lines.ts';
import { supervisorRequest, type SupervisorRequest } from '../protocol.ts';
import type { Sandboxes } from './sandboxes.ts';

export interface SupervisorLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Listens at `path`, where only root and `group` may connect, or on the socket `handed` over, which has its owner already. */
export async function serveSupervisor(
  path: string,
  group: number,
  sandboxes: Sandboxes,
  log: SupervisorLog,
  handed?: number,
): Promise<AsyncDisposable> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', (error) => log.warn({ err: error }, 'a connection to the supervisor broke'));
    readLines(socket, (line) => void answer(socket, line, sandboxes, log));
  });
  if (handed === undefined) {
    await rm(path, { force: true });
    await listen(server, { path, readableAll: false, writableAll: false });
    await chown(path, 0, group);
    await chmod(path, 0o660);
  } else {
    await listen(server, { fd: handed });
  }
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      await sandboxes.drained();
      for (const socket of connections) socket.end();
      await closed;
    },
  };
}

function listen(server: Server, at: ListenOptions & { fd?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => resolve());
  });
}

async function answer(socket: Socket, line: string, sandboxes: Sandboxes, log: SupervisorLog): Promise<void> {
  const request = understand(line);
  if ('problem' in request) {
    log.error({ problem: request.problem }, 'a request to the supervisor is not understood');
    // Without a number there is nothing to answer to, and a gateway that sends such a thing is not ours.
    if (request.n === undefined) socket.destroy();
    else writeLine(socket, { n: request.n, ok: false, code: 'unsupported', message: request.problem });
    return;
  }
  const work = () => answerTo(socket, request, sandboxes, log);
  await (request.request === undefined ? work() : forRequest({ id: request.request }, work));
}

async function answerTo(
  socket: Socket,
  request: SupervisorRequest,
  sandboxes: Sandboxes,
  log: SupervisorLog,
): Promise<void> {
  const { n } = request;
  try {
    const value = await perform(request, sandboxes);
    writeLine(socket, { n, ok: true, value: value ?? null });
  } catch (error) {
    const code = error instanceof DriverError ? error.code : (hostLack(error)?.code ?? 'start-failed');
    const message = error instanceof Error ? error.message : String(error);
    log.warn({ ...aboutOf(request), code, err: error }, 'a request failed');
    writeLine(socket, { n, ok: false, code, message });
  }
}

/** What was asked, in the log's words. */
function aboutOf(request: SupervisorRequest): object {
  return {
    op: request.op,
    ...('id' in request && { sandbox: request.id }),
    ...('layer' in request && { layer: request.layer }),
  };
}

function understand(line: string): SupervisorRequest | { problem: string; n: number | undefined } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { problem: (error as Error).message, n: undefined };
  }
  const request = supervisorRequest.safeParse(value);
  if (request.success) return request.data;
  return { problem: z.prettifyError(request.error), n: numbered.safeParse(value).data?.n };
}

const numbered = z.object({ n: z.number().int().nonnegative() });

function perform(request: SupervisorRequest, sandboxes: Sandboxes): Promise<unknown> {
  switch (request.op) {
    case 'create':
      return sandboxes.create(request.id, request.spec);
    case 'start':
    case 'freeze':
    case 'thaw':
    case 'stop':
    case 'destroy':
    case 'status':
    case 'stats':
      return sandboxes[request.op](request.id);
    case 'throttle':
      return sandboxes.throttle(request.id, request.share);
    case 'list':
      return sandboxes.list();
    case 'snapshot':
      return sandboxes.snapshot(request.id, request.layer);
    case 'layers':
      return sandboxes.layers();
    case 'removeLayer':
      return sandboxes.removeLayer(request.layer);
    case 'capacity':
      return sandboxes.capacity();
  }
}

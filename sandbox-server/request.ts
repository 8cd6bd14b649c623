/**
 * For which request something is done: an id that goes along with all that follows from it, into every line of the log
 * and on to supervisor and `init`. The runtime carries it, since no function that it passes through has a use for it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomId } from './session/ids.ts';

export interface Request {
  readonly id: string;
  /** Address that it came from; absent in a process that has not heard of it. */
  readonly address?: string;
}

/** Short enough to read out, and 60 random bits. */
const LENGTH = 12;

/** What others may call a request: nothing that means something in a log, a shell or a page. */
export const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;

const current = new AsyncLocalStorage<Request>();

/** Undefined: it is done of the server's own accord. */
export function currentRequest(): Request | undefined {
  return current.getStore();
}

/** As a field of a message to another process; nothing where there is none. */
export function requestField(): { request?: string } {
  const id = current.getStore()?.id;
  return id === undefined ? {} : { request: id };
}

/** Calls `work`; all that it starts is done for this request. */
export function forRequest<Result>(request: Request, work: () => Result): Result {
  return current.run(request, work);
}

/** `listener` as a function that is called for the request of now, whoever calls it. */
export function keepRequest<Arguments extends unknown[]>(
  listener: (...given: Arguments) => void,
): (...given: Arguments) => void {
  return AsyncLocalStorage.bind(listener);
}

/** The id that a proxy or a page gave, where it has the form of one, or a new one. */
export function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomId(LENGTH);
}

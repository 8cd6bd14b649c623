/** What a learner reads where the proxy refuses. Docker prints these after words of its own. */
import type { ServerResponse } from 'node:http';
import { saidSize } from './size.ts';

/** An error in the registry's own words: Docker prints `code: message`, and asks no second time for these codes. */
export interface Refusal {
  status: number;
  code: 'DENIED' | 'NAME_INVALID' | 'UNAVAILABLE' | 'UNSUPPORTED' | 'SIZE_INVALID';
  message: string;
}

export const READ_ONLY: Refusal = {
  status: 403,
  code: 'DENIED',
  message:
    'registry.local is read-only, except registry.local/mine: tag the image registry.local/mine/NAME and push that',
};

export const NO_SUCH_PATH: Refusal = {
  status: 404,
  code: 'NAME_INVALID',
  message: 'the class registry has nothing under such a name',
};

export const AWAY: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'the class registry cannot be reached just now: try again in a moment',
};

export const TOO_MANY: Refusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'this sandbox asks for too much at once: try again in a moment',
};

export const TOO_LARGE: Refusal = {
  status: 403,
  code: 'SIZE_INVALID',
  message: 'the manifest is larger than 4 MiB, which no image needs',
};

export function full(limitBytes: number): Refusal {
  return {
    status: 403,
    code: 'DENIED',
    message:
      `registry.local/mine is full: it holds ${saidSize(limitBytes)}. Push a smaller image, or make room: ` +
      'curl -x 127.0.0.1:3128 -X DELETE http://registry.local/v2/mine/NAME/manifests/TAG',
  };
}

export function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  if (response.headersSent) return void response.destroy();
  const body = JSON.stringify({ errors: [{ code, message, detail: null }] });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const NO_INTERNET = 'there is no internet in this sandbox';

/**
 * The status text with which a tunnel to this host is refused, which Docker shows as the error: ASCII, one line. What is
 * asked of Docker Hub comes here where the class registry, as its mirror, had no answer.
 */
export function tunnelRefusal(host: string): string {
  if (host === 'registry.local') return 'registry.local speaks plain HTTP';
  if (host === 'index.docker.io') return `${NO_INTERNET}: try "docker search registry.local/NAME"`;
  if (host.endsWith('docker.io')) {
    return `${NO_INTERNET}, and the class registry has no such image: try "docker search registry.local/NAME"`;
  }
  return `${NO_INTERNET}: of registries it reaches registry.local alone`;
}

/** The body with which a plain request to another host is refused. */
export const ELSEWHERE = `${NO_INTERNET}: only http://registry.local/ can be reached\n`;

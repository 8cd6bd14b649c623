/** One HTTP request on a connection of its own, as a newcomer's first. */
import { request } from 'node:http';

export interface HttpAnswer {
  status: number;
  cookies: string[];
  body: string;
}

interface PostOptions {
  headers?: Record<string, string>;
  /** Where it comes from, of this host. */
  localAddress?: string;
}

export function post(
  url: string,
  origin: string,
  { headers: more, localAddress }: PostOptions = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', origin, ...more };
    const outgoing = request(url, { method: 'POST', headers, localAddress, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode!, cookies: response.headers['set-cookie'] ?? [], body }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end('{}');
  });
}

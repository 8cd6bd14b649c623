/** What answering a request of a sandbox takes. */
import type { Agent } from 'node:http';
import type { RegistryUsage } from '../store/registry-usage.ts';
import type { Quota } from './quota.ts';

export interface ProxyOptions {
  /** Paths of the registries' sockets. */
  shared: string;
  mine: string;
  quota: Quota;
  usage: RegistryUsage;
  log: { warn(fields: object, text: string): void };
}

/** What a request is answered with: the sandbox it comes from, and the way to the registries. */
export interface Exchange extends ProxyOptions {
  sandbox: string;
  agent: Agent;
  query: string;
  rename: (text: string) => string;
}

export function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}

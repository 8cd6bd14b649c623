/** How long each step of the native `launch` took, as the supervisor wrote it down. */
import { figure, type Figure } from '../figure.ts';
import type { BenchServer } from './server.ts';

const WORDS: Record<string, string> = {
  namespace: 'socket, mount namespace',
  disk: 'disk mounted',
  root: 'ids mapped, overlay mounted, image checked',
  limits: 'limits set',
  container: 'runtime: container created, init executed',
  init: 'init moved to its own limits',
};

export async function launchStages(server: BenchServer): Promise<Figure[]> {
  const found = new Map<string, number[]>();
  for (const { stages } of await server.supervisorLog()) {
    for (const [name, ms] of Object.entries((stages ?? {}) as Record<string, number>)) {
      found.set(name, [...(found.get(name) ?? []), ms]);
    }
  }
  return [...found].map(([name, values]) =>
    figure(`launch-${name}`, `    launch: ${WORDS[name] ?? name}`, 'ms', values),
  );
}

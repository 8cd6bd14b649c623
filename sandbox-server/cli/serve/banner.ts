/** The address to open, large and clear. */
import { isLoopback } from '../../config/defaults.ts';

export interface BannerFacts {
  urls: readonly string[];
  accessCode: string | undefined;
  sandboxes: boolean;
  logs: string;
}

export function banner(
  { urls, accessCode, sandboxes, logs }: BannerFacts,
  paint: (code: string, text: string) => string,
): string {
  // Who opens the server to a network wants the address that others can use.
  const ordered = [...urls].sort((a, b) => Number(isLocal(a)) - Number(isLocal(b)));
  const others = ordered.filter((url) => !isLocal(url));
  const shown = others.length > 0 ? others : ordered.slice(0, 1);
  const lines = shown.map((url) => paint('1;36', accessCode ? `${url}/join/#${accessCode}` : `${url}/`));
  return [
    '',
    `  Slipway is ready${sandboxes ? '' : ' to read, without terminals'}. Open`,
    '',
    ...lines.map((line) => `      ${line}`),
    '',
    paint('2', `  Logs: ${logs}. Ctrl-C ends the server${sandboxes ? '; learners’ sandboxes live on' : ''}.`),
    '',
  ].join('\n');
}

const isLocal = (url: string) => isLoopback(new URL(url).hostname.replace(/[[\]]/g, ''));

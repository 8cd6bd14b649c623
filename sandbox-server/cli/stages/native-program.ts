/** The stage that builds the one native program: `init` inside every sandbox, `launch` outside. */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import type { Progress } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import { digestOf, stampOf } from './digest.ts';
import { NATIVE } from './go-modules.ts';

export const NATIVE_PROGRAM = 'build/slipway-native';

export async function buildNativeProgram(root: string, progress: Progress): Promise<string> {
  const stamp = stampOf(root, 'native');
  const program = join(root, NATIVE_PROGRAM);
  const digest = () => digestOf(root, [NATIVE, NATIVE_PROGRAM], process.arch);
  if (stamp.matches(digest())) return 'up to date';

  progress('go build');
  mkdirSync(join(root, 'build'), { recursive: true });
  await runTool('go', ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', `${program}.new`, '.'], {
    cwd: join(root, NATIVE),
    env: goEnvironment(root),
    failed: 'The native program could not be built.',
    mend: 'If you changed sandbox-server/native, mend what Go says above; else check that `go version` is 1.19 or newer.',
  });
  renameSync(`${program}.new`, program);
  stamp.write(digest());
  return 'built';
}

/** Static, from the standard library alone, without a trace outside build/. */
export function goEnvironment(root: string): NodeJS.ProcessEnv {
  const cache = join(root, 'build', 'go-cache');
  return { ...process.env, CGO_ENABLED: '0', GOCACHE: cache, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '' };
}

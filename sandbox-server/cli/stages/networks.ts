/** Stops where courses ask for a network that whoever runs the server does not allow. */
import { formatProblem } from '../../../site/course/problem.ts';
import type { Settings } from '../../config.ts';
import { refusedNetworks } from '../../sandbox/images/networks.ts';
import { Failure } from '../plain/report.mjs';
import { describedImages } from './described-images.ts';

export function refuseNetworks({ networks }: Pick<Settings, 'networks'>, lessons: readonly string[]): void {
  const refused = refusedNetworks(describedImages(lessons).sandbox, networks);
  if (refused.length === 0) return;
  throw new Failure({
    what: refused.map(formatProblem).join('\n'),
    mend: 'Add the setting where you trust who can reach these courses with your internet connection (docs/networks.md), then start again.',
  });
}

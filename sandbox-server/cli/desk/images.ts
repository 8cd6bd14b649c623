/** Builds the courses' images anew when what they are made of has changed. One build at a time. */
import { join } from 'node:path';

import type { Config, ImageEntry, Settings } from '../../config.ts';
import type { DeskNews } from '../../desk/news.ts';
import { imageIdentity } from '../../sandbox/images/identity.ts';
import { Failure, type Report } from '../plain/report.mjs';
import { type DescribedImages, describedImages, registryMode } from '../stages/described-images.ts';
import { buildImages } from '../stages/images.ts';
import { refuseNetworks } from '../stages/networks.ts';
import { prepareRegistry, tellMissing } from '../stages/registry.ts';

/** A build takes many seconds: it begins when the author has paused for this long, in milliseconds. */
const PAUSE_MS = 400;

export interface ImagesOptions {
  settings: Settings;
  config: Config;
  report: Report;
  /** Called with all that is known, whenever that has changed. */
  tell: (work: DeskNews['work'], built: Record<string, ImageEntry>) => void;
}

export class Images {
  readonly #options: ImagesOptions;
  #built: Record<string, ImageEntry>;
  #registry: string;
  #failed: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #building: Promise<void> = Promise.resolve();

  constructor(options: ImagesOptions) {
    this.#options = options;
    this.#built = options.config.images;
    this.#registry = registryOf(describedImages([options.settings.lessons]));
  }

  /** Something in a folder of an image has changed. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#building = this.#building.then(() => this.#build())), PAUSE_MS);
  }

  async #build(): Promise<void> {
    const { settings, report, tell } = this.#options;
    let names: string[] = [];
    try {
      refuseNetworks(settings, [settings.lessons]);
      const described = describedImages([settings.lessons]);
      names = this.#outdated(described);
      if (names.length > 0) {
        tell(workOn(names, 'building'), this.#built);
        this.#built = await buildImages([settings.lessons], join(settings.data, 'supervisor'), report);
        report.note('  Sandboxes that are there keep the image that they were made of; their page offers a new one.');
      }
      await this.#publish(described);
      if (names.length > 0 || this.#failed) tell([], this.#built);
      this.#failed = undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      report.failure({ what: error.message, why: error.why, mend: 'Mend it and save. The old image stays in use.' });
      this.#failed = [error.message, error.why].filter(Boolean).join('\n');
      tell(workOn(names.length > 0 ? names : Object.keys(this.#built), 'failed', this.#failed), this.#built);
    }
  }

  #outdated({ sandbox }: DescribedImages): string[] {
    const changed = sandbox.filter((image) => {
      const built = this.#built[image.description.name];
      return built?.id !== imageIdentity(image) || (built.network ?? 'none') !== image.description.network;
    });
    return changed.map(({ description }) => description.name);
  }

  async #publish(described: DescribedImages): Promise<void> {
    const { settings, config, report } = this.#options;
    const registry = registryOf(described);
    if (registry === this.#registry) return;
    this.#registry = registry;
    if (config.registry.mode !== registryMode(described)) {
      return report.warn('The courses need a class registry now: end slipway dev with Ctrl-C and start it again.');
    }
    tellMissing(await prepareRegistry(settings, described, ['debian', 'dockerfile'], report), report);
  }
}

const registryOf = ({ registry }: DescribedImages) => JSON.stringify(registry.map(({ description }) => description));

const workOn = (names: readonly string[], state: 'building' | 'failed', text = '') =>
  names.map((name) => ({ name, state, text }));

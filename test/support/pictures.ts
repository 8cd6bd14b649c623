/** Pictures of a sandbox, as the gateway gets them. */
import type { PictureBox, SandboxPicture } from '../../sandbox-server/protocol/figure.ts';
import type { SandboxDriver } from '../../sandbox-server/sandbox/driver.ts';
import { Pictures } from '../../sandbox-server/sandbox/init/pictures.ts';

export class Drawn implements Disposable {
  readonly all: SandboxPicture[] = [];
  private readonly pictures: Pictures;

  constructor(driver: Pick<SandboxDriver, 'connect'>, id: string) {
    this.pictures = new Pictures({
      connect: () => driver.connect(id),
      onPicture: (picture) => this.all.push(picture),
      log: { debug() {} },
    });
  }

  get newest(): SandboxPicture | undefined {
    return this.all.at(-1);
  }

  /** The outermost box of the newest. */
  get box(): PictureBox | undefined {
    return this.newest?.box;
  }

  [Symbol.dispose](): void {
    this.pictures[Symbol.dispose]();
  }
}

/** The names of the processes in a box, as they are listed. */
export const commandsIn = (box: PictureBox | undefined) => box?.processes.map(({ command }) => command);

/** A box and all that are in it. */
export function boxesIn(box: PictureBox | undefined): PictureBox[] {
  return box === undefined ? [] : [box, ...box.boxes.flatMap(boxesIn)];
}

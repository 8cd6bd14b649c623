/** A live figure: a sandbox as it is, for a page that shows it. */

/** What is said of the sandbox. Names in it come out of the sandbox: text, never markup. */
export interface SandboxPicture {
  /** Release of the machine's one kernel. */
  kernel: string;
  hostname: string;
  use: SandboxUse;
  /** Null where the image has no engine. `since`: when it was started, in milliseconds since 1970; null: it does not run. */
  engine: { since: number | null } | null;
  /** Everything in the sandbox. */
  box: PictureBox;
}

/** A limit of 0 is none. */
export interface SandboxUse {
  memoryBytes: number;
  memoryLimit: number;
  processes: number;
  processesLimit: number;
  /** Hundredths of one processor that were used lately. */
  cpu: number;
}

/** Processes that are in the same namespaces. */
export interface PictureBox {
  /** Inode numbers of the namespaces that are others than those of the box around it; of the outermost, all. */
  own: Partial<Record<NamespaceKind, number>>;
  /** Where it is a container of the sandbox's engine: what that calls it. */
  container?: { name: string; image: string };
  /** The oldest first. */
  processes: PictureProcess[];
  /** How many are not listed. */
  more?: number;
  boxes: PictureBox[];
  moreBoxes?: number;
}

export interface PictureProcess {
  /** Its number in the sandbox's pid namespace, and in its own. */
  number: number;
  inside: number;
  parent: number;
  user: string;
  command: string;
  /** It has ended, and its parent has not asked how. */
  ended?: boolean;
  /** Nobody may read which namespaces it is in: it is listed with its parent. */
  unknown?: boolean;
}

export const NAMESPACE_KINDS = ['pid', 'net', 'ipc', 'mnt', 'uts', 'user', 'cgroup', 'time'] as const;
export type NamespaceKind = (typeof NAMESPACE_KINDS)[number];

/**
 * What a live figure shows. `picture` is null where none was made since the page was opened; `at` is when it was made, by
 * the server's clock, in milliseconds since 1970.
 */
export interface FigureView {
  /** `running`: the picture is of now. `stopped` is also what does not run yet. */
  state: 'running' | 'frozen' | 'stopped';
  picture: SandboxPicture | null;
  at: number | null;
}

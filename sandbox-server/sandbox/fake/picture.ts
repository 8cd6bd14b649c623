import { NAMESPACE_KINDS, type SandboxPicture } from '../../protocol/figure.ts';

/** A toy sandbox has process 1, and a shell for each terminal, all in the same namespaces. */
export function pictureOf(shells: number): SandboxPicture {
  const own = Object.fromEntries(NAMESPACE_KINDS.map((kind, index) => [kind, 4_026_531_835 + index]));
  const process = (number: number, parent: number, user: string, command: string) => {
    return { number, inside: number, parent, user, command };
  };
  return {
    kernel: 'fake',
    hostname: 'fake',
    use: { memoryBytes: 1024, memoryLimit: 0, processes: shells, processesLimit: 0, cpu: 0 },
    engine: null,
    box: {
      own,
      processes: [
        process(1, 0, 'root', 'init'),
        ...Array.from({ length: shells }, (_, n) => process(n + 2, 1, 'learner', 'shell')),
      ],
      boxes: [],
    },
  };
}

/** What there is now, asked whenever somebody looks: sandboxes, the host's disk and memory, the database. */
import { statSync } from 'node:fs';
import { Gauge, type Registry } from 'prom-client';
import type { SandboxState } from '../protocol/api.ts';
import type { HostCapacity, Profile } from '../sandbox/driver.ts';

export interface Watched {
  registry: Registry;
  sandboxes(): Iterable<{ state: SandboxState; course: string; spec: { profile: Profile }; throttled: boolean }>;
  /** How many learners wait for a place, and how many places there are, free or not. */
  room(): { waiting: number; places: number };
  /** How many sandboxes wait for a learner. */
  pooled(): number;
  /** The courses of this server: no others are labels. */
  courses(): Iterable<{ id: string; profile: Profile }>;
  /** Rejects where the host cannot be asked, soon. */
  capacity(): Promise<HostCapacity>;
  /** Path of the database. */
  database: string;
}

/** Figures that are asked for at once, within so many milliseconds, are of the same look. */
const SAME_LOOK_MS = 500;

const STATES = ['requested', 'starting', 'ready', 'frozen', 'stopped'] as const satisfies SandboxState[];

export function addGauges({ registry, sandboxes, room, pooled, courses, capacity, database }: Watched): void {
  const byState = new Gauge({
    name: 'slipway_sandboxes',
    help: 'Sandboxes that learners have, by state, profile and course. requested: it was never started.',
    labelNames: ['state', 'profile', 'course'] as const,
    registers: [],
    collect() {
      this.reset();
      const known = new Map([...courses()].map(({ id, profile }) => [id, profile]));
      for (const [course, profile] of known) for (const state of STATES) this.set({ state, profile, course }, 0);
      for (const { state, course, spec } of sandboxes()) {
        this.inc({ state, profile: spec.profile, course: known.has(course) ? course : 'other' });
      }
    },
  });
  const slowedDown = new Gauge({
    name: 'slipway_sandboxes_throttled',
    help: 'Sandboxes that are slowed down: they were busy for long with nobody there.',
    registers: [],
    collect() {
      this.set([...sandboxes()].filter(({ throttled }) => throttled).length);
    },
  });
  const sizes = new Gauge({
    name: 'slipway_database_bytes',
    help: 'Size of the database’s files: main, and wal, which is written to first.',
    labelNames: ['file'] as const,
    registers: [],
    collect() {
      const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      this.set({ file: 'main' }, sizeOf(database));
      this.set({ file: 'wal' }, sizeOf(`${database}-wal`));
    },
  });
  const queue = new Gauge({
    name: 'slipway_queue_length',
    help: 'Learners who wait for a place to start their sandbox.',
    registers: [],
    collect() {
      this.set(room().waiting);
    },
  });
  const places = new Gauge({
    name: 'slipway_places',
    help: 'How many sandboxes may run at once, by the setting maxSandboxes.',
    registers: [],
    collect() {
      this.set(room().places);
    },
  });
  const pool = new Gauge({
    name: 'slipway_pool',
    help: 'Sandboxes that run ahead and wait for a learner; slipway_sandboxes does not count them.',
    registers: [],
    collect() {
      this.set(pooled());
    },
  });
  for (const each of [byState, queue, places, pool, slowedDown, sizes, ...hostGauges(capacity)])
    registry.registerMetric(each);
}

/** All are of one answer: they are collected side by side. */
function hostGauges(capacity: Watched['capacity']): Gauge[] {
  let answer: Promise<HostCapacity | undefined> | undefined;
  const ask = () =>
    (answer ??= capacity()
      .catch(() => undefined)
      .finally(() => setTimeout(() => (answer = undefined), SAME_LOOK_MS).unref()));
  /** Where there is no answer there is no figure. */
  const gauge = (name: string, help: string, of: (host: HostCapacity | undefined) => number | undefined) =>
    new Gauge({
      name: `slipway_${name}`,
      help,
      registers: [],
      async collect() {
        const value = of(await ask());
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  return [
    gauge('host_disk_bytes', 'Size of the file system that holds the sandboxes’ disks.', (it) => it?.disk.totalBytes),
    gauge('host_disk_free_bytes', 'What is free of it to all but root.', (it) => it?.disk.freeBytes),
    gauge('host_memory_bytes', 'Memory of the machine that runs the sandboxes.', (it) => it?.memory.totalBytes),
    gauge('host_memory_available_bytes', 'What programs can still have of it.', (it) => it?.memory.availableBytes),
    gauge(
      'supervisor_up',
      'Whether the supervisor answers: 1, or 0. Where it does not, figures of the host are absent.',
      (it) => (it ? 1 : 0),
    ),
  ];
}

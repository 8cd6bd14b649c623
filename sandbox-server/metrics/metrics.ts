/**
 * Figures of the gateway for Prometheus: what happens is counted here, what is (gauges.ts) is asked when somebody looks.
 * No label has a learner, a sandbox or a text in it: their values are those of tables in the program, and the courses.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Verdict } from '../checks/read-verdict.ts';
import { ERROR_CODES, type ErrorCode } from '../protocol/errors.ts';
import { START_STAGES } from '../protocol/messages.ts';
import type { Happening } from '../session/happening.ts';

/** In seconds: what a hand feels is below 0.1. */
const ECHO_BUCKETS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const START_BUCKETS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 300];
const CHECK_BUCKETS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

/** Where a learner was told an error. */
export type ToldBy = 'http' | 'websocket' | 'upgrade';

export class Metrics implements Disposable {
  readonly registry = new Registry();
  private readonly refusals = this.counter({
    name: 'slipway_refusals_total',
    help: 'Errors that learners were told, by the code of docs/errors.md and by what they were told in: the answer to a request, the closing of a WebSocket, or a WebSocket that was not opened.',
    labelNames: ['reason', 'by'],
  });
  private readonly startPhases = this.histogram({
    name: 'slipway_start_phase_seconds',
    help: 'How long each phase of a sandbox’s start took: waiting for room, making the disk, starting the container until init answers, preparing the lesson.',
    labelNames: ['phase'],
    buckets: START_BUCKETS,
  });
  private readonly events = this.counter({
    name: 'slipway_sandbox_events_total',
    help: 'What became of sandboxes: given to a learner, started, not-started, frozen, thawed, stopped, died, throttled, unthrottled, moved, extended, destroyed.',
    labelNames: ['event'],
  });
  private readonly claims = this.counter({
    name: 'slipway_pool_claims_total',
    help: 'New sandboxes that were asked for where some may run ahead, by whether one waited: found is yes or no.',
    labelNames: ['found'],
  });
  readonly attach = this.histogram({
    name: 'slipway_terminal_attach_seconds',
    help: 'From a page’s opening of a terminal to its being attached: what a learner waits for. cold: the sandbox had to be started or thawed for it.',
    labelNames: ['start'] as const,
    buckets: START_BUCKETS,
  });
  readonly echo = this.histogram({
    name: 'slipway_echo_seconds',
    help: 'From a typed key’s arrival at the gateway to the next output of its terminal leaving it, of input of at most 8 bytes that is answered within 5 s. The network to the browser is not in it.',
    labelNames: [] as const,
    buckets: ECHO_BUCKETS,
  });
  readonly terminalBytes = this.counter({
    name: 'slipway_terminal_bytes_total',
    help: 'Bytes of terminals that passed the gateway: in is typed, out is printed, counted for each page that looks.',
    labelNames: ['direction'] as const,
  });
  readonly notices = this.counter({
    name: 'slipway_notices_total',
    help: 'Notices that pages with a terminal got, such as out-of-memory, by code; each page that looks counts.',
    labelNames: ['code'] as const,
  });
  readonly sockets = new Gauge({
    name: 'slipway_websockets',
    help: 'WebSockets that are open now: viewers of terminals, and pages of lessons.',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });
  private readonly requests = this.counter({
    name: 'slipway_http_requests_total',
    help: 'HTTP requests that were answered, by the class of their status: 2xx, 3xx, 4xx, 5xx.',
    labelNames: ['status'],
  });
  private readonly checks = this.histogram({
    name: 'slipway_check_seconds',
    help: 'Checks of tasks that ran, by outcome: passed, not-yet, broken (the author’s fault), not-run. How often is its _count.',
    labelNames: ['outcome'],
    buckets: CHECK_BUCKETS,
  });
  readonly supervisorLost = this.counter({
    name: 'slipway_supervisor_lost_total',
    help: 'How often the connection to the supervisor was lost: it was ended, killed or restarted.',
    labelNames: [] as const,
  });
  readonly auditLost = this.counter({
    name: 'slipway_audit_lines_lost_total',
    help: 'Lines that could not be written to the audit log, as on a full disk.',
    labelNames: [] as const,
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 10 });
    // What has not happened yet is 0 and not absent: an alert on its growth must see the first.
    for (const reason of ERROR_CODES) this.refusals.inc({ reason, by: 'websocket' }, 0);
    for (const phase of START_STAGES) if (phase !== 'shell') this.startPhases.zero({ phase });
    for (const found of ['yes', 'no']) this.claims.inc({ found }, 0);
    for (const kind of ['terminal', 'lesson'] as const) this.sockets.set({ kind }, 0);
    for (const direction of ['in', 'out'] as const) this.terminalBytes.inc({ direction }, 0);
    for (const outcome of ['passed', 'not-yet', 'broken', 'not-run']) this.checks.zero({ outcome });
  }

  refused(reason: ErrorCode, by: ToldBy): void {
    this.refusals.inc({ reason, by });
  }

  happened(happening: Happening): void {
    if (happening.event !== 'stage') return this.events.inc({ event: happening.event });
    this.startPhases.observe({ phase: happening.stage }, happening.seconds);
  }

  claimed(found: boolean): void {
    this.claims.inc({ found: found ? 'yes' : 'no' });
  }

  answered(status: number): void {
    this.requests.inc({ status: `${Math.floor(status / 100)}xx` });
  }

  checked(outcome: Verdict['outcome'], seconds: number): void {
    this.checks.observe({ outcome }, seconds);
  }

  /** In Prometheus' text format. */
  async render(): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }

  [Symbol.dispose](): void {
    this.registry.clear();
  }

  private counter<Label extends string>(options: { name: string; help: string; labelNames: readonly Label[] }) {
    return new Counter<Label>({ ...options, registers: [this.registry] });
  }

  private histogram<Label extends string>(options: {
    name: string;
    help: string;
    labelNames: readonly Label[];
    buckets: number[];
  }) {
    return new Histogram<Label>({ ...options, registers: [this.registry] });
  }
}

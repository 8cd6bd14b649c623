/** What is counted of one page's viewing of one terminal. */
import type { TerminalEvent } from '../sandbox/init/terminal-events.ts';
import { EchoMeter } from './echo.ts';
import type { Metrics } from './metrics.ts';

export class TerminalMeter {
  private readonly metrics: Metrics;
  private readonly bytes: Record<'in' | 'out', { inc(by: number): void }>;
  private readonly echo: EchoMeter;
  private opened: (() => void) | undefined;

  constructor(metrics: Metrics) {
    this.metrics = metrics;
    const { terminalBytes } = metrics;
    // Once, and not for each piece of output.
    this.bytes = { in: terminalBytes.labels('in'), out: terminalBytes.labels('out') };
    this.echo = new EchoMeter((seconds) => metrics.echo.observe(seconds));
  }

  /** The page waits from now on. `cold`: the sandbox does not run. */
  opening(start: 'cold' | 'warm'): void {
    this.opened = this.metrics.attach.startTimer({ start });
  }

  typed(bytes: number): void {
    this.echo.typed(bytes);
    this.bytes.in.inc(bytes);
  }

  printed(bytes: number): void {
    this.echo.printed();
    this.bytes.out.inc(bytes);
  }

  heard(event: TerminalEvent): void {
    if (event.type === 'notice') this.metrics.notices.inc({ code: event.code });
    if (event.type !== 'attached') return;
    this.opened?.();
    this.opened = undefined;
  }

  /** The page does not look any more: nothing follows from what it did before. */
  left(): void {
    this.opened = undefined;
    this.echo.forget();
  }
}

import { describe, expect, it } from 'vitest';
import { CommandRun, type Command, type RunState } from '../../../site/terminal/run.ts';
import { atPrompt, FakeClock, FakeTerminal } from './fakes.ts';

function press(terminal: FakeTerminal, command: Partial<Command> = {}) {
  const clock = new FakeClock();
  const states: RunState[] = [];
  const whole = { source: 'ls', interrupt: false, exit: 0, endless: false, ...command };
  const run = new CommandRun(terminal, whole, clock, (state) => states.push(state));
  run.start();
  return { clock, states, run };
}

describe('a run button', () => {
  it('types at once where the prompt waits, and tells how the command ended', () => {
    const terminal = atPrompt();
    const { states } = press(terminal);
    terminal.prompts(false);
    terminal.ends(0);
    terminal.prompts(true);
    expect(terminal.typed).toEqual(['ls\r']);
    expect(states).toEqual([{ name: 'running' }, { name: 'ended', status: 0, expected: true }]);
  });

  it('calls a failure what the author did not expect', () => {
    const failing = atPrompt();
    const { states } = press(failing, { exit: 1 });
    failing.ends(1);
    expect(states.at(-1)).toEqual({ name: 'ended', status: 1, expected: true });

    const surprising = atPrompt();
    const other = press(surprising, { exit: 1 });
    surprising.ends(0);
    expect(other.states.at(-1)).toEqual({ name: 'ended', status: 0, expected: false });
  });

  it('waits for a terminal that starts', () => {
    const terminal = new FakeTerminal();
    terminal.state = { name: 'starting', stage: null };
    const { states } = press(terminal);
    expect(states).toEqual([{ name: 'opening' }]);
    terminal.becomes({ name: 'connected' });
    terminal.prompts(true);
    expect(terminal.typed).toEqual(['ls\r']);
  });

  it('waits for the prompt, and says so only where it takes a while', async () => {
    const terminal = new FakeTerminal();
    terminal.prompt = { waiting: false, sure: true };
    const { states, clock } = press(terminal);
    expect(states).toEqual([]);
    await clock.advance(200);
    expect(states).toEqual([{ name: 'waiting', sure: true }]);
    terminal.prompts(true);
    expect(terminal.typed).toEqual(['ls\r']);
  });

  it('does not wait where the learner says so', async () => {
    const terminal = new FakeTerminal();
    const { states, clock, run } = press(terminal);
    await clock.advance(200);
    expect(states).toEqual([{ name: 'waiting', sure: false }]);
    run.runAnyway();
    expect(terminal.typed).toEqual(['ls\r']);
  });

  it('presses Ctrl-C first where the block says so, and types when the prompt has been drawn anew', async () => {
    const terminal = new FakeTerminal();
    terminal.prompt = { waiting: false, sure: true };
    const { clock } = press(terminal, { interrupt: true });
    expect(terminal.typed).toEqual(['\u0003']);
    terminal.prompts(true);
    expect(terminal.typed).toHaveLength(1);
    await clock.advance(150);
    expect(terminal.typed).toEqual(['\u0003', 'ls\r']);
  });

  it('presses Ctrl-C in a terminal that opens for it only when its shell is there', async () => {
    const opening = () => {
      const terminal = new FakeTerminal();
      terminal.state = { name: 'starting', stage: null };
      const { clock } = press(terminal, { interrupt: true });
      terminal.becomes({ name: 'connected' });
      expect(terminal.typed).toEqual([]);
      return { terminal, clock };
    };
    const fresh = opening();
    fresh.terminal.prompts(true);
    expect(fresh.terminal.typed).toEqual(['\u0003']);
    await fresh.clock.advance(150);
    expect(fresh.terminal.typed).toEqual(['\u0003', 'ls\r']);

    // A program goes on in it, from before.
    const busy = opening();
    await busy.clock.advance(1000);
    expect(busy.terminal.typed).toEqual(['\u0003']);
  });

  it('does not wait for the end of a command that has none', () => {
    const terminal = atPrompt();
    expect(press(terminal, { endless: true }).states).toEqual([{ name: 'started' }]);
  });

  it('takes the next prompt for the end where no marks tell the status', async () => {
    const terminal = atPrompt();
    const { states, clock } = press(terminal);
    terminal.prompts(false, false);
    terminal.prompts(true, false);
    await clock.advance(300);
    expect(states.at(-1)).toEqual({ name: 'ended', status: null, expected: true });
  });

  it('takes the status where it comes with the prompt', async () => {
    const terminal = atPrompt();
    const { states, clock } = press(terminal);
    terminal.prompts(false);
    terminal.prompts(true);
    terminal.ends(2);
    await clock.advance(300);
    expect(states.at(-1)).toEqual({ name: 'ended', status: 2, expected: false });
    expect(states).toHaveLength(2);
  });

  it('lives through a lost connection', async () => {
    const terminal = atPrompt();
    const { states, clock } = press(terminal);
    terminal.prompts(false);
    terminal.becomes({ name: 'reconnecting', retryAt: null, cause: null });
    terminal.becomes({ name: 'connected' });
    terminal.prompts(true);
    await clock.advance(300);
    expect(states.at(-1)).toMatchObject({ name: 'ended', status: null });
  });

  it('says where the terminal cannot take it', () => {
    const ended = new FakeTerminal();
    ended.state = { name: 'ended', status: 0, signal: null };
    expect(press(ended).states.at(-1)).toEqual({ name: 'unavailable' });

    const deaf = atPrompt();
    deaf.takes = false;
    expect(press(deaf).states).toEqual([{ name: 'unavailable' }]);
  });

  it('gives way to another one that is pressed while it waits', () => {
    const terminal = new FakeTerminal();
    const first = press(terminal, { source: 'first' });
    press(terminal, { source: 'second' });
    terminal.prompts(true);
    expect(first.states).toEqual([{ name: 'given-up' }]);
    expect(terminal.typed).toEqual(['second\r']);
  });

  it('types once, whatever comes after', () => {
    const terminal = atPrompt();
    const { run } = press(terminal);
    run.runAnyway();
    terminal.prompts(false);
    terminal.prompts(true);
    expect(terminal.typed).toEqual(['ls\r']);
  });
});

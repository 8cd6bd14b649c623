import { expect, it } from 'vitest';
import { SolutionRun, type SolutionState, type TypedSolutionStep } from '../../../site/workspace/solution-run.ts';
import { atPrompt, FakeClock, settle, type FakeTerminal } from '../terminal/fakes.ts';

const step = (text: string, words: Partial<TypedSolutionStep> = {}): TypedSolutionStep => ({
  text,
  terminal: 'main',
  interrupt: false,
  exit: 0,
  background: false,
  opens: null,
  ...words,
});

async function run(steps: TypedSolutionStep[], terminals: Record<string, FakeTerminal>) {
  const clock = new FakeClock();
  const states: SolutionState[] = [];
  const solution = new SolutionRun(
    steps,
    (name) => terminals[name],
    clock,
    (state) => states.push(state),
  );
  void solution.start();
  await settle();
  return { clock, states, solution };
}

it('a solution is typed step by step, each into its terminal, when the one before has ended', async () => {
  const [main, second] = [atPrompt(), atPrompt()];
  const { states } = await run([step('a'), step('b', { terminal: 'second' })], { main, second });
  expect([main.typed, second.typed]).toEqual([['a\r'], []]);
  main.ends(0);
  await settle();
  expect(second.typed).toEqual(['b\r']);
  second.ends(0);
  await settle();
  expect(states.at(-1)).toEqual({ name: 'done' });
});

it('a step that ends otherwise than it should stops the solution', async () => {
  const main = atPrompt();
  const { states } = await run([step('a'), step('b')], { main });
  main.ends(3);
  await settle();
  expect(states.at(-1)).toMatchObject({ name: 'stopped', at: 0, run: { name: 'ended', status: 3 } });
  expect(main.typed).toEqual(['a\r']);
});

it('a step that is meant to end so does not', async () => {
  const main = atPrompt();
  await run([step('a', { exit: 3 }), step('b')], { main });
  main.ends(3);
  await settle();
  expect(main.typed).toEqual(['a\r', 'b\r']);
});

it('what follows a step that opens another program waits for that one’s prompt', async () => {
  const main = atPrompt();
  const { clock } = await run([step('bash', { opens: '# ' }), step('b')], { main });
  expect(main.typed).toEqual(['bash\r']);
  main.prompts(false);
  await settle();
  expect(main.typed).toEqual(['bash\r']);
  await clock.advance(5_000);
  expect(main.typed).toEqual(['bash\r']);
  main.prompts(true);
  await settle();
  expect(main.typed).toEqual(['bash\r', 'b\r']);
});

it('a program that goes on is not waited for where the next step is for another terminal', async () => {
  const [main, second] = [atPrompt(), atPrompt()];
  const { states } = await run([step('serve', { background: true }), step('ask', { terminal: 'second' })], {
    main,
    second,
  });
  second.ends(0);
  await settle();
  expect(states.at(-1)).toEqual({ name: 'done' });
});

it('a terminal that the lesson does not have stops the solution', async () => {
  const { states } = await run([step('a', { terminal: 'third' })], {});
  expect(states).toEqual([{ name: 'stopped', at: 0, run: { name: 'unavailable' } }]);
});

it('a solution that was left types nothing more', async () => {
  const main = atPrompt();
  main.prompts(false);
  const { solution } = await run([step('a'), step('b')], { main });
  solution.giveUp();
  main.prompts(true);
  await settle();
  expect(main.typed).toEqual([]);
});

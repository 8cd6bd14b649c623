// Shows the stages of a start: on a terminal as lines that fill in, elsewhere as plain lines. Plain JavaScript without
// dependencies, because the first stage, which fetches the packages, already shows itself with it.

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
/** Elsewhere than on a terminal progress is a line every so often: a log should tell that work goes on, not flood. */
const PLAIN_FIRST_MS = 3_000;
const PLAIN_PROGRESS_MS = 10_000;
const NAME_WIDTH = 20;

/** What went wrong in terms a person can act on; shown without a stack. */
export class Failure extends Error {
  name = 'Failure';

  constructor({ what, why = '', mend }, options) {
    super(what, options);
    this.what = what;
    this.why = why;
    this.mend = mend;
  }
}

export function createReport(stream = process.stderr, env = process.env) {
  const terminal = Boolean(stream.isTTY) && env.TERM !== 'dumb';
  const color = terminal && !env.NO_COLOR;
  const paint = (code, text) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
  const marks = { done: paint(32, '✔'), failed: paint(31, '✖'), warn: paint(33, '!') };
  let running = 0;
  // What is said while a stage runs takes the place of its line, which is drawn again below.
  const print = (text) => stream.write(`${terminal && running > 0 ? '\r\x1b[K' : ''}${text}\n`);

  async function stage(name, work) {
    const began = performance.now();
    running += 1;
    const line = terminal ? liveLine(stream, name, paint) : plainLine(print, name);
    let outcome = 'done';
    const result = (text) => {
      outcome = text;
    };
    try {
      const value = await work({ progress: line.progress, result });
      line.end();
      print(`  ${marks.done} ${name.padEnd(NAME_WIDTH)} ${outcome}  ${paint(2, seconds(performance.now() - began))}`);
      return value;
    } catch (error) {
      line.end();
      print(`  ${marks.failed} ${name.padEnd(NAME_WIDTH)} failed  ${paint(2, seconds(performance.now() - began))}`);
      throw error;
    } finally {
      running -= 1;
    }
  }

  function failure(error) {
    const { what, why, mend } = error;
    print(`\n${paint('1;31', what)}`);
    if (why) print(why.replace(/^/gm, '  '));
    if (mend) print(`${paint(1, 'What to do:')} ${mend}`);
  }

  return {
    terminal,
    paint,
    stage,
    failure,
    note: (text) => print(text),
    warn: (text) => print(`  ${marks.warn} ${text}`),
  };
}

function liveLine(stream, name, paint) {
  const began = performance.now();
  let frame = 0;
  let text = '';
  let fraction;
  const draw = () => {
    const percent = fraction === undefined ? '' : `${Math.floor(fraction * 100)} %  `;
    const start = `  ${FRAMES[frame++ % FRAMES.length]} ${name.padEnd(NAME_WIDTH)} ${percent}`;
    const end = `  ${seconds(performance.now() - began)}`;
    // A line that wraps cannot be redrawn in place.
    const room = Math.max(0, (stream.columns || 80) - start.length - end.length - 1);
    stream.write(`\r\x1b[K${start}${text.slice(0, room)}${paint(2, end)}`);
  };
  const timer = setInterval(draw, FRAME_MS);
  draw();
  return {
    progress(nextText, nextFraction) {
      text = nextText;
      fraction = nextFraction;
    },
    end() {
      clearInterval(timer);
      stream.write('\r\x1b[K');
    },
  };
}

function plainLine(print, name) {
  let next = performance.now() + PLAIN_FIRST_MS;
  return {
    progress(text, fraction) {
      if (performance.now() < next) return;
      next = performance.now() + PLAIN_PROGRESS_MS;
      print(`    ${name}: ${fraction === undefined ? '' : `${Math.floor(fraction * 100)} % `}${text}`);
    },
    end() {},
  };
}

function seconds(ms) {
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

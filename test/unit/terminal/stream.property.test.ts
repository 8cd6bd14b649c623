import headless from '@xterm/headless';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWebAddress } from '../../../site/terminal/links.ts';
import { ReplayGate } from '../../../site/terminal/replay.ts';
import { StreamPosition } from '../../../site/terminal/stream-position.ts';
import { anyText, MANY, pieces, SOME, textOf } from '../../support/properties.ts';

/** What a terminal of some shell printed; position n is its nth byte. */
const printed = (shell: string, from: number, to: number) =>
  Uint8Array.from({ length: to - from }, (_, n) => (shell.charCodeAt(0) + (from + n) * 7) & 0xff);

const step = fc.oneof(
  // Output comes.
  fc.record({ what: fc.constant('print' as const), bytes: fc.nat(40), cuts: fc.array(fc.nat(40), { maxLength: 3 }) }),
  // The page hides and shows: what was sent before `show` may still come.
  fc.record({ what: fc.constant('show' as const), behind: fc.nat(30) }),
  // The socket breaks, and it comes back: to the same shell, to one whose bytes are partly gone, or to another.
  fc.record({ what: fc.constant('reconnect' as const), lost: fc.nat(60), another: fc.boolean() }),
);

test('however often a viewer goes and comes back, it shows each byte once and in order, or begins anew and says so', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const position = new StreamPosition();
      let shell = 'a';
      let end = 0;
      let sent = 0;
      /** What the viewer has on its screen: bytes from `from` on of the shell. */
      let shown: { from: number; bytes: number[] } = { from: 0, bytes: [] };
      const attach = (from: number, cut: boolean) => {
        const { fresh } = position.attach({
          type: 'attached',
          shell,
          from,
          replayTo: end,
          cut,
          modes: '',
          columns: 80,
          rows: 24,
        });
        if (fresh || shown.bytes.length === 0)
          shown = { from: Math.max(from, fresh ? from : position.received), bytes: [] };
        sent = from;
      };
      attach(0, false);
      for (const each of steps) {
        if (each.what === 'print') {
          end += each.bytes;
          for (const piece of pieces(printed(shell, sent, end), each.cuts)) {
            const before = position.received;
            const { news, from, to, settle } = position.take(piece);
            expect([from, to]).toEqual([before, position.received]);
            shown.bytes.push(...news);
            expect(settle()).toBe(true);
          }
          sent = end;
        } else if (each.what === 'show') {
          attach(Math.max(0, position.received - each.behind), false);
        } else {
          position.detach();
          if (each.another) [shell, end] = [String.fromCharCode(shell.charCodeAt(0) + 1), each.lost];
          else end += each.lost;
          const known = position.known;
          const from = 'shell' in known && known.shell === shell ? known.from : 0;
          const cut = each.lost > 30;
          attach(cut ? Math.max(from, end - 5) : from, cut);
        }
        // Nothing twice, nothing left out.
        expect(shown.bytes).toEqual([...printed(shell, shown.from, shown.from + shown.bytes.length)]);
        if (shown.bytes.length > 0) expect(shown.from + shown.bytes.length).toBe(position.received);
        expect(position.settled).toBe(true);
      }
    }),
    MANY,
  );
});

const ESC = '\u001b';
/** Whole sequences that an emulator answers or acts on, and pieces of others. */
const output = textOf(
  `${ESC}[c`,
  `${ESC}[>c`,
  `${ESC}[=c`,
  `${ESC}[5n`,
  `${ESC}[6n`,
  `${ESC}[?6n`,
  `${ESC}[?25$p`,
  `${ESC}P$qm${ESC}\\`,
  `${ESC}P+q544e${ESC}\\`,
  `${ESC}]4;1;?\u0007`,
  `${ESC}]10;?${ESC}\\`,
  `${ESC}]11;?\u0007`,
  `${ESC}]52;c;?\u0007`,
  `${ESC}]0;title\u0007`,
  `${ESC}[21t`,
  `${ESC}[18t`,
  `${ESC}[?1004h`,
  `${ESC}[?1000h`,
  `${ESC}Z`,
  ESC,
  '[',
  ']',
  'ls\r\n',
  '\u009b6n',
  '\u0005',
  `${ESC}[>q`,
  `${ESC}[?u`,
);

test('whatever is replayed, in whichever pieces, the emulator types nothing; what follows live is answered', async () => {
  await fc.assert(
    fc.asyncProperty(output, fc.array(fc.nat(400), { maxLength: 8 }), output, async (past, cuts, prelude) => {
      const terminal = new headless.Terminal({ allowProposedApi: true });
      const gate = new ReplayGate(terminal);
      const typed: string[] = [];
      terminal.onData((data) => void (gate.closed || typed.push(data)));
      terminal.onBinary((data) => void (gate.closed || typed.push(data)));
      // Whatever the past left open is ended within it, as the end of a shell's line is.
      const replay = new TextEncoder().encode(`${past.toWellFormed()}\u0018`);
      // A CAN ends what is open; then the question that is answered live.
      const live = new TextEncoder().encode(`\u0018${ESC}[5n`);
      gate.begin(0, replay.length, `${prelude}\u0018`);
      const whole = new Uint8Array([...replay, ...live]);
      let at = 0;
      const parsed: Promise<void>[] = [];
      for (const piece of pieces(whole, cuts)) {
        if (piece.length === 0) continue;
        const from = at;
        parsed.push(new Promise<void>((resolve) => gate.write(piece, from, resolve)));
        at += piece.length;
      }
      await Promise.all(parsed);
      expect(typed).toEqual([`${ESC}[0n`]);
      terminal.dispose();
    }),
    SOME,
  );
});

test('whatever a link says, what opens is the address of a web page', () => {
  const address = textOf(
    'http',
    'https',
    ':',
    '//',
    'javascript:',
    'data:',
    'JaVaScRiPt',
    '\t',
    '\n',
    ' ',
    'evil.example',
    '@',
    '%0a',
    'file:///',
    'blob:',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.oneof(address, anyText), (uri) => {
      if (!isWebAddress(uri)) return;
      expect(new URL(uri).protocol).toMatch(/^https?:$/);
      expect(new URL(uri).host).not.toBe('');
      expect(uri.trimStart().toLowerCase()).not.toMatch(/^(?:javascript|data|file|blob|vbscript):/);
    }),
    { ...MANY, examples: [['java\nscript:alert(1)'], [' https://x'], ['https:x'], ['http:/\\evil.example']] },
  );
});

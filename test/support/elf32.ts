/** Tiny 32-bit x86 programs, put together by hand: no compiler for them needs to be there. */

const LOADED_AT = 0x08048000;
const HEADERS = 52 + 32;

/**
 * A program that makes each call by `int 0x80` and then writes one byte for each, its errno (0: it was allowed), to
 * standard output, in the order of `names`. `sockets` go through `socketcall`.
 */
export function callsByInterrupt(
  calls: Record<string, [number, ...number[]]>,
  sockets: Record<string, [number, number, number]>,
): { program: Buffer; names: string[] } {
  const names = [...Object.keys(calls), ...Object.keys(sockets)];
  const count = names.length;
  const triples = Object.values(sockets);
  // Results and the arguments of sockets lie behind the code, whose length does not depend on them.
  const sizeOf = (results: number) => assemble(results).length;
  const results = LOADED_AT + HEADERS + sizeOf(0);

  function assemble(results: number): Buffer {
    const code: Buffer[] = [];
    const record = (index: number) => code.push(Buffer.from([0xcd, 0x80, 0xf7, 0xd8, 0xa2]), word(results + index));
    for (const [index, [number, ...args]] of Object.values(calls).entries()) {
      code.push(Buffer.from([0xb8]), word(number));
      // ebx, ecx, edx, esi, edi
      for (const [at, register] of [0xbb, 0xb9, 0xba, 0xbe, 0xbf].entries()) {
        code.push(Buffer.from([register]), word(args[at] ?? 0));
      }
      record(index);
    }
    for (const index of triples.keys()) {
      const socketcall = 102;
      code.push(Buffer.from([0xb8]), word(socketcall), Buffer.from([0xbb]), word(1));
      code.push(Buffer.from([0xb9]), word(results + count + index * 12));
      record(Object.keys(calls).length + index);
    }
    // write(1, results, count); exit(0)
    code.push(Buffer.from([0xb8]), word(4), Buffer.from([0xbb]), word(1));
    code.push(Buffer.from([0xb9]), word(results), Buffer.from([0xba]), word(count), Buffer.from([0xcd, 0x80]));
    code.push(Buffer.from([0xb8]), word(1), Buffer.from([0xbb]), word(0), Buffer.from([0xcd, 0x80]));
    return Buffer.concat(code);
  }

  const data = Buffer.concat([Buffer.alloc(count, 0xff), ...triples.flat().map(word)]);
  return { program: elf(Buffer.concat([assemble(results), data])), names };
}

/** One segment, readable, writable and executable, that begins with the code. */
function elf(content: Buffer): Buffer {
  const size = HEADERS + content.length;
  const half = (value: number) => Buffer.from([value & 0xff, value >> 8]);
  const ident = Buffer.alloc(16);
  ident.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const header = [
    ident,
    half(2), // executable
    half(3), // 80386
    word(1),
    word(LOADED_AT + HEADERS),
    word(52),
    word(0),
    word(0),
    half(52),
    half(32),
    half(1),
    half(0),
    half(0),
    half(0),
  ];
  const segment = [1, 0, LOADED_AT, LOADED_AT, size, size, 7, 0x1000].map(word);
  return Buffer.concat([...header, ...segment, content]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
}

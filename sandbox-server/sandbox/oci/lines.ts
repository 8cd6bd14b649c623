/** One JSON object a line over a stream, both ways. */
import type { Duplex } from 'node:stream';
import { MAX_LINE_BYTES } from './protocol.ts';

/** Calls `onLine` for each line that arrives. A line that is too long ends the stream. */
export function readLines(stream: Duplex, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    rest += text;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      onLine(line);
    }
    if (rest.length > MAX_LINE_BYTES) stream.destroy(new Error(`a line longer than ${MAX_LINE_BYTES} bytes`));
  });
}

export function writeLine(stream: Duplex, value: unknown): void {
  if (stream.writable) stream.write(`${JSON.stringify(value)}\n`);
}

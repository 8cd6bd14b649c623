/** The part of xterm's buffer that is needed to read it. */
interface Lines {
  readonly length: number;
  getLine(index: number): { readonly isWrapped: boolean; translateToString(trimRight?: boolean): string } | undefined;
}

/** Scrollback and screen as text. A line that was wrapped for want of width is one line; blank ones at the end are gone. */
export function screenTextOf(buffer: Lines): string {
  const lines: string[] = [];
  for (let index = 0; index < buffer.length; index++) {
    const line = buffer.getLine(index);
    if (line === undefined) continue;
    const goesOn = buffer.getLine(index + 1)?.isWrapped === true;
    const text = line.translateToString(!goesOn);
    if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return lines.join('\n').trimEnd();
}

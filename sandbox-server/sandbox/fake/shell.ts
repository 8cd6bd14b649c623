/** A toy shell: enough to see that input arrives, output comes back, and files stay. */
export interface ShellHost {
  print(text: string): void;
  /** A line was run to its end; the prompt is back. */
  ended(): void;
  exit(): void;
}

const PROMPT = '$ ';

export class FakeShell {
  private readonly files: Map<string, string>;
  private readonly host: ShellHost;
  private line = '';

  constructor(files: Map<string, string>, host: ShellHost) {
    this.files = files;
    this.host = host;
    host.print(PROMPT);
  }

  /** What is typed, echoed as a terminal does. */
  type(text: string): void {
    for (const key of text) {
      if (key !== '\n' && key !== '\r') {
        this.line += key;
        this.host.print(key);
        continue;
      }
      this.host.print('\r\n');
      const { line } = this;
      this.line = '';
      if (line.trim() === 'exit') return this.host.exit();
      this.host.print(runLine(this.files, line.trim()).replaceAll('\n', '\r\n'));
      this.host.print(PROMPT);
      this.host.ended();
    }
  }
}

/** `echo WORDS`, `echo WORDS > FILE`, `cat FILE`, `rm FILE`; what it prints. */
function runLine(files: Map<string, string>, line: string): string {
  const write = /^echo (.*?)\s*>\s*(\S+)$/.exec(line);
  if (write) files.set(write[2]!, `${write[1]}\n`);
  else if (line.startsWith('rm ')) files.delete(line.slice(3));
  else if (line.startsWith('echo ')) return `${line.slice(5)}\n`;
  else if (line.startsWith('cat ')) return files.get(line.slice(4)) ?? 'no such file\n';
  else if (line !== '') return 'unknown command\n';
  return '';
}

/** The toy shell's lines, and `exit STATUS`. */
export function runScript(files: Map<string, string>, script: string): { status: number; printed: string } {
  let printed = '';
  for (const line of script.split('\n').map((each) => each.trim())) {
    const exit = /^exit (\d+)$/.exec(line);
    if (exit) return { status: Number(exit[1]), printed };
    printed += runLine(files, line);
  }
  return { status: 0, printed };
}

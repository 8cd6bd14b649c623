import { readFileSync } from 'node:fs';
import { runInSandbox } from '../sandbox-server/sandbox/init/ask.ts';
import { RealSandboxes } from './support/sandboxes.ts';
const runtime = (process.argv[2] ?? 'auto') as 'auto'|'crun'|'runc';
const s = await RealSandboxes.open({ runtime });
try {
  const id = await s.start(s.specOf('containers'));
  const up = process.env.UPLOAD;
  if (up) console.log(await runInSandbox(await s.driver.connect(id), { op: 'exec', argv: ['bash','-c','cat > ~/upload; chmod +x ~/upload'] }, readFileSync(up)).then(r=>r.status));
  for (const script of process.argv.slice(3)) {
    const t = Date.now();
    const r = await s.run(id, script, { timeoutMs: 60000 });
    console.log(`$ ${script}\n[${r.status ?? r.signal} ${r.timedOut ? 'TIMEOUT':''} ${Date.now()-t} ms]\n${r.out}${r.err}`);
  }
} finally { await s[Symbol.asyncDispose](); }

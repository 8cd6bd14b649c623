/** What the native program's `probe` found out about this host (native/launch/probe.go, nesting.go), each tried for real. */
import { z } from 'zod';

const probed = z.record(z.string(), z.object({ ok: z.boolean(), error: z.string().optional() }));
export type Probed = z.infer<typeof probed>;

/** What a container engine inside a sandbox needs besides what every sandbox needs, in words. */
const NESTING: Record<string, string> = {
  nesting: 'namespaces inside a user namespace',
  nestedOverlay: 'overlays inside a user namespace',
  nestedProc: '/proc mounted inside a user namespace',
  bridge: 'network bridges (module bridge)',
  veth: 'virtual network cables (module veth)',
  nat: 'address translation by nftables (modules nf_tables, nft_chain_nat)',
};

/** Throws where the text is not what `probe` prints. */
export function readProbed(text: string): Probed {
  return probed.parse(JSON.parse(text));
}

/** The findings that concern every sandbox. */
export function ofEverySandbox(found: Probed): Probed {
  return Object.fromEntries(Object.entries(found).filter(([name]) => !Object.hasOwn(NESTING, name)));
}

/** What is missing for an engine inside sandboxes, with the kernel's words; undefined where nothing is. */
export function lackForEngines(found: Probed): string | undefined {
  const lacking = Object.entries(NESTING).flatMap(([name, what]) => {
    const outcome = found[name];
    return outcome?.ok ? [] : [`${what}: ${outcome?.error ?? 'not tried'}`];
  });
  return lacking.length === 0 ? undefined : lacking.join('; ');
}

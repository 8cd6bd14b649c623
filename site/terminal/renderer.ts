import type { Terminal } from '@xterm/xterm';

/**
 * Draws with WebGL where the browser can. Loaded when the first output has come, so that the prompt does not wait for it:
 * until then, and wherever it fails or loses its context, xterm draws with the page's own elements, as well but slower.
 * `changed` is called when it is known or different which of the two draws: their cells differ in width.
 */
export async function drawWithWebGl(terminal: Terminal, changed: () => void): Promise<void> {
  try {
    const { WebglAddon } = await import('@xterm/addon-webgl');
    const addon = new WebglAddon();
    addon.onContextLoss(() => {
      addon.dispose();
      changed();
    });
    terminal.loadAddon(addon);
  } catch {
    // No WebGL here; nothing to tell the learner.
  }
  changed();
}

let works: boolean | undefined;

/** Whether the browser draws with WebGL at all; asked once. */
export function hasWebGl(): boolean {
  if (works !== undefined) return works;
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return (works = context !== null);
}

import type { Terminal } from '@xterm/xterm';

/**
 * Draws with WebGL where the browser can. Loaded when the first output has come, so that the prompt does not wait for it:
 * until then, and wherever it fails or loses its context, xterm draws with the page's own elements, as well but slower.
 */
export async function drawWithWebGl(terminal: Terminal): Promise<void> {
  const { WebglAddon } = await import('@xterm/addon-webgl');
  try {
    const addon = new WebglAddon();
    addon.onContextLoss(() => addon.dispose());
    terminal.loadAddon(addon);
  } catch {
    // No WebGL here; nothing to tell the learner.
  }
}

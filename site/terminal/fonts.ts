/** Waiting longer for a font than this is worse than measuring with another one. */
const PATIENCE_MS = 1_500;

/** The emulator measures its cells once, when it opens: the font must be there by then. */
export async function terminalFontReady(): Promise<void> {
  const faces = ["1em 'Slipway Terminal'", "bold 1em 'Slipway Terminal'"].map((face) => document.fonts.load(face));
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([Promise.allSettled(faces), patience]);
}

/*
 * Runs before the first paint, so that nothing flashes or moves: the colour scheme, the divider, and the marks that say
 * that there is script, and that there is something to tell of the visitor. A file of its own because the content security policy lets no script stand in a page.
 */
(() => {
  const root = document.documentElement;
  const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
  let unstored = {};

  function wishes() {
    try {
      return { ...JSON.parse(localStorage.getItem('slipway') ?? '{}'), ...unstored };
    } catch {
      return unstored;
    }
  }

  function isKnown() {
    try {
      return localStorage.getItem('slipway-known') !== null;
    } catch {
      return false;
    }
  }

  function apply() {
    const { theme = 'system', split, sheet, sheetOpen } = wishes();
    const scheme = theme === 'system' ? (systemIsDark.matches ? 'dark' : 'light') : theme;
    const changed = root.dataset.theme !== scheme;
    root.dataset.script = '';
    if (isKnown()) root.dataset.known = '';
    root.dataset.theme = scheme;
    root.dataset.themeChoice = theme;
    root.toggleAttribute('data-sheet-open', sheetOpen === true);
    if (typeof split === 'number') root.style.setProperty('--split', `${split}%`);
    else root.style.removeProperty('--split');
    if (typeof sheet === 'number') root.style.setProperty('--sheet', `${sheet}dvh`);
    if (changed) document.dispatchEvent(new Event('slipway-scheme'));
  }

  apply();
  systemIsDark.addEventListener('change', apply);
  addEventListener('storage', apply);
  // A page that comes in place of this one brings a root element without our marks.
  document.addEventListener('astro:after-swap', apply);
  document.addEventListener('slipway-preferences', (event) => {
    unstored = event.detail;
    apply();
  });
})();

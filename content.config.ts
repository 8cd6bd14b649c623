// Astro looks for this file in `srcDir` only, which is why `srcDir` is the repository's root (astro.config.ts).
export { collections } from './site/content.ts';

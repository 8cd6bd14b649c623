import { satteri } from '@astrojs/markdown-satteri';
import { defineConfig } from 'astro/config';
import expressiveCode from 'astro-expressive-code';
import { MARKDOWN_FEATURES } from './site/course/blocks.ts';
import slipway from './site/integration.ts';
import { expressiveCodeOptions } from './site/markdown/expressive-code.ts';
import { HAST_PLUGINS, MDAST_PLUGINS } from './site/markdown/plugins.ts';

export default defineConfig({
  // content.config.ts is found in `srcDir` only; the pages are in site/pages, and the integration injects their routes.
  srcDir: '.',
  publicDir: './site/public',
  outDir: './build/site',
  output: 'static',
  trailingSlash: 'always',
  devToolbar: { enabled: false },
  markdown: {
    processor: satteri({
      features: MARKDOWN_FEATURES,
      mdastPlugins: MDAST_PLUGINS,
      hastPlugins: HAST_PLUGINS,
    }),
  },
  integrations: [expressiveCode(expressiveCodeOptions), slipway()],
  vite: {
    // An inlined script is one that the content security policy blocks.
    build: { assetsInlineLimit: 0 },
  },
});

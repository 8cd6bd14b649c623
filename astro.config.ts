import { satteri } from '@astrojs/markdown-satteri';
import { defineConfig } from 'astro/config';
import expressiveCode from 'astro-expressive-code';
import { MARKDOWN_FEATURES } from './site/course/blocks.ts';
import slipway from './site/integration.ts';
import { codeBlocks } from './site/markdown/code-blocks.ts';
import { asides } from './site/markdown/asides.ts';
import { expressiveCodeOptions } from './site/markdown/expressive-code.ts';
import { figures } from './site/markdown/figures.ts';
import { hiddenFences } from './site/markdown/hidden-fences.ts';
import { links, outwardLinks } from './site/markdown/links.ts';
import { quizzes } from './site/markdown/quizzes.ts';
import { tabs } from './site/markdown/tabs.ts';
import { tasks } from './site/markdown/tasks.ts';
import { textDirectives } from './site/markdown/text-directives.ts';

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
      // What only the server reads goes first.
      mdastPlugins: [hiddenFences, textDirectives, asides, tabs, figures, links, tasks, quizzes],
      hastPlugins: [codeBlocks, outwardLinks],
    }),
  },
  integrations: [expressiveCode(expressiveCodeOptions), slipway()],
  vite: {
    // An inlined script is one that the content security policy blocks.
    build: { assetsInlineLimit: 0 },
  },
});

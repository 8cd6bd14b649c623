import { createAstroRenderer, type AstroExpressiveCodeOptions } from 'astro-expressive-code';
import { commandLines } from './command-lines.ts';
import { placeholders } from './placeholders.ts';

export const expressiveCodeOptions: AstroExpressiveCodeOptions = {
  themes: ['github-light', 'github-dark'],
  // The page says its scheme in data-theme; where no script ran, the system's wish holds.
  themeCssSelector: (theme) => `[data-theme='${theme.type}']`,
  useDarkModeMediaQuery: true,
  minSyntaxHighlightingColorContrast: 5,
  // A tab in a Makefile is a tab.
  tabWidth: 0,
  plugins: [placeholders, commandLines],
  shiki: { langAlias: { output: 'text' } },
  // Its one script makes a landmark of every block that scrolls; <slipway-code> makes them reachable without.
  customCreateAstroRenderer: async (means) => {
    const renderer = await createAstroRenderer(means);
    renderer.hashedScripts.length = 0;
    return renderer;
  },
  frames: {
    // A first line such as `# /etc/hosts` is part of the text.
    extractFileNameFromCode: false,
    // Ours copies the author's text and says so in place.
    showCopyToClipboardButton: false,
  },
  defaultProps: {
    overridesByLang: {
      'sh,bash,shell': { frame: 'none', hangingIndent: 2 },
      output: { frame: 'none' },
    },
  },
  styleOverrides: {
    borderRadius: 'var(--radius)',
    borderWidth: '0px',
    codeFontFamily: 'var(--font-code)',
    codeFontSize: 'var(--size-code)',
    codeLineHeight: '1.6',
    codeBackground: 'var(--sunken)',
    codePaddingBlock: 'var(--space-2)',
    codePaddingInline: 'var(--space-3)',
    uiFontFamily: 'var(--font-text)',
    frames: {
      frameBoxShadowCssValue: 'none',
      editorBackground: 'transparent',
      editorTabBarBackground: 'transparent',
      editorTabBarBorderColor: 'transparent',
      editorTabBarBorderBottomColor: 'var(--line)',
      editorActiveTabBackground: 'transparent',
      editorActiveTabForeground: 'var(--ink-soft)',
      editorActiveTabBorderColor: 'transparent',
      editorActiveTabIndicatorTopColor: 'transparent',
      editorActiveTabIndicatorBottomColor: 'transparent',
    },
    textMarkers: {
      markBackground: 'var(--signal-soft)',
      markBorderColor: 'var(--signal)',
      insBackground: 'var(--done-soft)',
      insBorderColor: 'var(--done)',
      insDiffIndicatorColor: 'var(--done)',
      delBackground: 'var(--care-soft)',
      delBorderColor: 'var(--care)',
      delDiffIndicatorColor: 'var(--care)',
    },
  },
};

// Loads the sentences that all pages share, for a page that takes another language while it runs.

/** By language. English stands in the modules themselves, unless a bundle took it out. @type {import('../ui/page.js').LoadWords} */
export const commonWords = Object.freeze({
  en: async () => {},
  de: () => import('./de/common.js'),
  fr: () => import('./fr/common.js'),
  es: () => import('./es/common.js'),
});

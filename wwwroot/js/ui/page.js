// What all pages begin with.
import { applyText } from './apply-text.js';
import { language, languageChanges, setLanguage, wordsOf } from './language.js';
import { startTheme } from './theme.js';

/** @typedef {Readonly<Record<string, () => Promise<unknown>>>} LoadWords by language */

/** On this device, and as a cookie for the server, which writes the page's first words. */
const LANGUAGE_KEY = 'rtc-language';
const YEAR_S = 31_536_000;
/** By then the page has begun its own work, which a worker's start would slow. */
const SETTLED_MS = 5_000;

/**
 * Theme, language, and what the browser shows while the server is away.
 * @param {{hasWorker?: boolean, words?: LoadWords}} [options] hasWorker: one of its own, which keeps
 *   the page itself; words: how to load those of each language, where the page takes another language without being loaded anew
 */
export function startPage({ hasWorker = false, words } = {}) {
  startTheme();
  startLanguageChoice(words);
  if (!hasWorker) setTimeout(keepOfflinePage, SETTLED_MS);
}

/** Puts a kept choice to work where the server does not know it yet, and the lists to change it. @param {LoadWords} [words] */
function startLanguageChoice(words) {
  const kept = storedLanguage();
  const asked = new URLSearchParams(location.search).has('lang');
  if (kept && kept !== language && !asked && tellServer(kept)) {
    location.reload();
    return;
  }
  const lists = [...document.querySelectorAll('select.language')].filter((list) => list instanceof HTMLSelectElement);
  const show = () => lists.forEach((list) => { list.value = language; });
  // Before what the page itself writes anew: its words stand in marked places too.
  languageChanges.addEventListener('change', () => applyText());
  let turn = 0;
  for (const list of lists) {
    list.addEventListener('change', async () => {
      const chosen = list.value;
      keepChoice(chosen);
      if (!words) {
        loadAnew();
        return;
      }
      const own = ++turn;
      await words[chosen]?.().catch(() => {});
      // Where they could not be had the page stays as it is, and comes in the chosen language the next time.
      if (own === turn && wordsOf(chosen, 'text')) setLanguage(chosen);
      if (own === turn) dropFromAddress();
      show();
    });
  }
  show();
}

/** @param {string} chosen */
function keepChoice(chosen) {
  try {
    localStorage.setItem(LANGUAGE_KEY, chosen);
  } catch {
    // A browser that keeps nothing may still send the cookie.
  }
  tellServer(chosen);
}

function loadAnew() {
  const url = new URL(location.href);
  if (!url.searchParams.has('lang')) {
    location.reload();
    return;
  }
  url.searchParams.delete('lang');
  location.replace(url);
}

/** It would overrule the choice the next time. */
function dropFromAddress() {
  const url = new URL(location.href);
  if (!url.searchParams.has('lang')) return;
  url.searchParams.delete('lang');
  history.replaceState(history.state, '', url);
}

/** @param {string} chosen @returns {boolean} whether the next request will say so */
function tellServer(chosen) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${LANGUAGE_KEY}=${chosen}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
  return document.cookie.split('; ').includes(`${LANGUAGE_KEY}=${chosen}`);
}

/** @returns {string|null} */
function storedLanguage() {
  try {
    const value = localStorage.getItem(LANGUAGE_KEY);
    return value !== null && /^(?:en|de|fr|es)$/.test(value) ? value : null;
  } catch {
    return null;
  }
}

/** The worker keeps one page, which says that the server is away; a page that the server answers is always the server's. */
function keepOfflinePage() {
  navigator.serviceWorker?.register('/offline-worker.js').catch(() => {});
}

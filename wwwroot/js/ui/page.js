// What all pages begin with.
import { language } from './language.js';
import { startTheme } from './theme.js';

/** On this device, and as a cookie for the server, which writes the page's first words. */
const LANGUAGE_KEY = 'rtc-language';
const YEAR_S = 31_536_000;
/** By then the page has begun its own work, which a worker's start would slow. */
const SETTLED_MS = 5_000;

/**
 * Theme, language, and what the browser shows while the server is away.
 * @param {{hasWorker?: boolean}} [options] hasWorker: one of its own, which keeps the page itself
 */
export function startPage({ hasWorker = false } = {}) {
  startTheme();
  startLanguageChoice();
  if (!hasWorker) setTimeout(keepOfflinePage, SETTLED_MS);
}

/** Puts a kept choice to work where the server does not know it yet, and the list to change it. */
function startLanguageChoice() {
  const kept = storedLanguage();
  const asked = new URLSearchParams(location.search).has('lang');
  if (kept && kept !== language && !asked && tellServer(kept)) {
    location.reload();
    return;
  }
  const list = document.getElementById('language');
  if (!(list instanceof HTMLSelectElement)) return;
  list.value = language;
  list.addEventListener('change', () => choose(list.value));
}

/** @param {string} chosen */
function choose(chosen) {
  try {
    localStorage.setItem(LANGUAGE_KEY, chosen);
  } catch {
    // A browser that keeps nothing may still send the cookie.
  }
  tellServer(chosen);
  const url = new URL(location.href);
  if (!url.searchParams.has('lang')) {
    location.reload();
    return;
  }
  url.searchParams.delete('lang');
  location.replace(url);
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

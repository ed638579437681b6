// The page's language, how it writes numbers, and where its words come from.

/** @typedef {'en'|'de'|'fr'|'es'} Language */

/**
 * The English words by the names under which a file of `words/` gives those of its language.
 * @typedef {{
 *   text: typeof import('./text.js').text, inference: typeof import('./inference-text.js').inferenceText,
 *   rule: typeof import('./rule-text.js').ruleText, when: typeof import('./rule-text.js').whenText,
 *   demo: typeof import('./demo-text.js').demoText, library: typeof import('./library-text.js').libraryText,
 *   analysis: typeof import('./analysis-text.js').analysisText, studio: typeof import('./studio-text.js').studioText,
 *   events: typeof import('./events-text.js').eventsText, focus: typeof import('./focus-text.js').focusText,
 *   embed: typeof import('./embed-text.js').embedText, models: typeof import('./models-text.js').modelsText,
 * }} English
 */

/** What the page is written in: at first what the server chose. @type {string} */
export let language = globalThis.document?.documentElement?.lang || 'en';

/** The reader's own kind of that language, such as en-GB: for dates and numbers. */
export let locale = localeOf(language);

/** Its event `change` is told after each choice of another language: what has words of its own on show writes them anew. */
export const languageChanges = new EventTarget();

/** Words by language and name. @type {Map<string, Map<keyof English, object>>} */
const known = new Map();

/** What modules hold, one object a name: it has the words of the page's language, whichever that is. @type {Map<keyof English, object>} */
const shown = new Map();

/** @param {string} chosen */
function localeOf(chosen) {
  return globalThis.navigator?.languages?.find((one) => one.split('-')[0] === chosen) ?? chosen;
}

/**
 * Called by a language's file, which the page loads before its own script or once its language is chosen.
 * @template {keyof English} N @param {string} of the language @param {N} name @param {Words<English[N]>} words
 */
export function speak(of, name, words) {
  keep(of, name, words);
  if (of === language) fill(name);
}

/** The words of the page's language. @template T @param {keyof English} name @param {T} [english] @returns {T} */
export function spoken(name, english) {
  if (english) keep('en', name, english);
  if (!shown.has(name)) shown.set(name, {});
  fill(name);
  return /** @type {T} */ (shown.get(name));
}

/** Those of one language, where its file is loaded. @param {string} of @param {keyof English} name */
export function wordsOf(of, name) {
  return known.get(of)?.get(name);
}

/** The page goes on in a language whose files are loaded. @param {string} chosen */
export function setLanguage(chosen) {
  language = chosen;
  locale = localeOf(chosen);
  formats.clear();
  document.documentElement.lang = chosen;
  for (const name of shown.keys()) fill(name);
  languageChanges.dispatchEvent(new Event('change'));
}

/** @param {string} of @param {keyof English} name @param {unknown} words */
function keep(of, name, words) {
  const names = known.get(of) ?? new Map();
  known.set(of, names.set(name, words));
}

/** @param {keyof English} name */
function fill(name) {
  const words = shown.get(name);
  if (words) Object.assign(words, wordsOf(language, name) ?? wordsOf('en', name));
}

/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map();

/** A measurement: 1204, 12,040 or 12.040, 0.5 or 0,5. @param {number} value @param {number} [digits] behind the point, always so many */
export function number(value, digits = 0) {
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: 'min2' });
    formats.set(digits, format);
  }
  return format.format(value);
}

/** 12.4 s. @param {number} seconds */
export function tenths(seconds) {
  return `${number(seconds, 1)} s`;
}

/** 45 %. @param {number} share @param {number} [digits] */
export function percent(share, digits = 0) {
  return `${number(share * 100, digits)} %`;
}

/** 2.5 ms, 12 ms. @param {number} value */
export function milliseconds(value) {
  return `${number(value, value < 10 ? 1 : 0)} ms`;
}

/** 950 KB, 12.4 MB, 1.5 GB. @param {number} bytes */
export function size(bytes) {
  const unit = language === 'fr' ? 'o' : 'B';
  if (bytes < 999_500) return `${number(Math.ceil(bytes / 1e3))} K${unit}`;
  return bytes < 999_500_000 ? `${number(bytes / 1e6, bytes < 99_500_000 ? 1 : 0)} M${unit}` : `${number(bytes / 1e9, 1)} G${unit}`;
}

/** Without the unit, which may stand once for several. @param {number} bytes */
export function megabytes(bytes) {
  return number(bytes / 1e6, 1);
}

/** 0:07, 12:03, 1:02:03. @param {number} seconds */
export function length(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, '0')];
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** 0:07.24. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.floor(seconds + 1e-6);
  return `${length(whole)}.${String(Math.floor((seconds - whole) * 100 + 0.01)).padStart(2, '0').slice(0, 2)}`;
}

/** @param {Date} when */
export function dateAndTime(when) {
  return when.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The same with seconds. @param {Date} when */
export function exactTime(when) {
  return when.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** @param {Date} when */
export function day(when) {
  return when.toLocaleDateString(locale, { dateStyle: 'medium' });
}

/** 1,204 or 1.204. @param {number} value */
export function count(value) {
  return value.toLocaleString(locale);
}

/** 1 object, 1,204 objects. @param {number} of @param {string} one @param {string} many */
export function counted(of, one, many) {
  return `${count(of)} ${new Intl.PluralRules(locale).select(of) === 'one' ? one : many}`;
}

/** @type {Readonly<Record<string, string>>} */
const PROVIDERS = {
  cpu: 'CPU', webgpu: 'WebGPU', cuda: 'CUDA', tensorrt: 'TensorRT', coreml: 'Core ML', directml: 'DirectML', dml: 'DirectML',
};

/** @param {string} provider as the server writes it @param {string} embedded what the detector without a model is called */
export function providerName(provider, embedded) {
  const key = provider?.toLowerCase?.();
  return key === 'embedded' ? embedded : PROVIDERS[key] ?? provider;
}

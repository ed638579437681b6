import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { analysisText } from '../../wwwroot/js/ui/analysis-text.js';
import { demoText } from '../../wwwroot/js/ui/demo-text.js';
import { embedText } from '../../wwwroot/js/ui/embed-text.js';
import { eventsText } from '../../wwwroot/js/ui/events-text.js';
import { focusText } from '../../wwwroot/js/ui/focus-text.js';
import { inferenceText } from '../../wwwroot/js/ui/inference-text.js';
import { setLanguage, spoken, wordsOf } from '../../wwwroot/js/ui/language.js';
import { libraryText } from '../../wwwroot/js/ui/library-text.js';
import { modelsText } from '../../wwwroot/js/ui/models-text.js';
import { ruleText, whenText } from '../../wwwroot/js/ui/rule-text.js';
import { studioText } from '../../wwwroot/js/ui/studio-text.js';
import { text } from '../../wwwroot/js/ui/text.js';

const WWW = fileURLToPath(new URL('../../wwwroot/', import.meta.url));
const WORDS = `${WWW}js/words/`;
const ENGLISH = {
  text, inference: inferenceText, rule: ruleText, when: whenText, demo: demoText, library: libraryText, analysis: analysisText,
  studio: studioText, events: eventsText, focus: focusText, embed: embedText,
  models: modelsText,
};
const LANGUAGES = ['de', 'fr', 'es'];
const htmlOf = (page) => readFileSync(WWW + page, 'utf8');
// What is around a document is English as the document is.
const pages = readdirSync(WWW).filter((file) => file.endsWith('.html') && file !== 'docs.html');

/** Every leaf by its path: a sentence or a function that makes one. */
function leaves(value, path, into = new Map()) {
  if (typeof value === 'object') for (const [key, inner] of Object.entries(value)) leaves(inner, `${path}.${key}`, into);
  else into.set(path, value);
  return into;
}

/** What functions of other shapes are called with. */
const ARGUMENTS = {
  'text.cameras.tile': ['hall', 'Door', true, 25],
  'text.share.until': [new Date(0)],
  'inference.page': ['yolo', 'busy'],
  'inference.server': ['auto', 'slow'],
  'rule.about': ['Left', 'Door', ['person', 'car']],
  'library.expires': [new Date(9 * 86_400_000), new Date(0)],
  'library.expiresAt': [new Date(0)],
  'library.added': [new Date(0)],
  'library.kind': ['render'],
  'library.jobCancel': ['render', 'Street'],
  'analysis.analysisAt': [new Date(0)],
  'analysis.box': [{ label: 'dog', track_id: 7, score: 0.93 }],
  'analysis.track': [{ track_id: 'track_7', class: 'dog', start_frame: 25, end_frame: 200, avg_confidence: 0.93 }, 25],
  'analysis.chartAlt': [{ classes: ['dog', 'cat'], top: 7 }],
  'analysis.facts': [{ frames: 25, detections: 38, tracks: 47, scenes: 59 }],
  'analysis.model': [{ model: 'yolo', provider: 'cpu' }],
  'analysis.trackNamed': [{ class: 'dog', track_id: 'track_7' }],
  'analysis.sceneType': ['landscape'],
  'analysis.difficulty': ['odd'],
  'analysis.job': ['render'],
  'analysis.failedBecause': ['Render', 'no disk'],
  'analysis.done': ['Render'],
  'analysis.cancelled': ['Render'],
  'studio.engines': [{ mask: 'sam', sound: 'demucs' }],
  'events.time': [new Date(0)],
};
const WORD_ARGUMENTS = ['alpha', 'beta', 'gamma', 'delta'];
const NUMBER_ARGUMENTS = [47, 59, 61, 73];

function argumentsOf(path, make) {
  if (ARGUMENTS[path]) return ARGUMENTS[path];
  try {
    const made = String(make(...NUMBER_ARGUMENTS));
    if (!made.includes('NaN')) return NUMBER_ARGUMENTS;
  } catch {
    // It takes words.
  }
  return WORD_ARGUMENTS;
}

/** Names and numbers in a sentence that come from what it was called with. */
function placeholders(made, args) {
  const values = (one) => (typeof one === 'object' ? Object.values(one).flatMap(values) : [String(one)]);
  const wanted = values(args).flatMap((one) => one.match(/[A-Za-z]{3,}|\d+/g) ?? []);
  const said = String(made).toLowerCase();
  return wanted.filter((one) => said.includes(one.toLowerCase()));
}

const translations = new Map();
for (const language of LANGUAGES) {
  for (const file of readdirSync(WORDS + language).filter((one) => one.endsWith('.js'))) await import(`${WORDS}${language}/${file}`);
  translations.set(language, Object.fromEntries(Object.keys(ENGLISH).map((name) => [name, wordsOf(language, name)])));
}

for (const language of LANGUAGES) {
  test(`${language} has every sentence of English, with what belongs in it`, () => {
    const english = leaves(ENGLISH, '');
    const other = leaves(translations.get(language), '');
    assert.deepEqual([...other.keys()].sort(), [...english.keys()].sort());
    let functions = 0;
    for (const [at, words] of english) {
      const path = at.slice(1);
      const said = other.get(at);
      assert.equal(typeof said, typeof words, path);
      if (typeof words === 'string') {
        assert.equal(said.trim() === '', words.trim() === '', path);
        continue;
      }
      functions++;
      const args = argumentsOf(path, words);
      const made = said(...args);
      assert.match(String(made), /\S/, path);
      assert.doesNotMatch(String(made), /NaN|undefined|\[object/, path);
      if (args.some((one) => one instanceof Date)) continue;
      assert.deepEqual(placeholders(made, args), placeholders(words(...args), args), `${path}: ${made}`);
    }
    assert.ok(functions > 120, `${functions} functions`);
  });
}

test('sentences differ from English, but for names that are the same everywhere', () => {
  for (const [language, words] of translations) {
    const english = leaves(ENGLISH, '');
    const sentences = [...leaves(words, '')].filter(([, said]) => typeof said === 'string' && said.includes(' '));
    const same = sentences.filter(([at, said]) => said === english.get(at)).map(([, said]) => said);
    assert.deepEqual(same.filter((said) => !/^(?:Pascal VOC|Video \(MP4\)|the person in red)$/.test(said)), [], language);
  }
});

test('no line of French begins with a colon, a question mark or a closing quote', () => {
  const sentences = [...leaves(translations.get('fr'), '')].map(([at, said]) => (
    typeof said === 'string' ? said : String(said(...argumentsOf(at.slice(1), said)))));
  const pages = leaves(JSON.parse(readFileSync(`${WORDS}fr/pages.json`, 'utf8')), '').values();
  assert.deepEqual([...sentences, ...pages].filter((said) => / [:;!?»](?:\W|$)|« /.test(said)), []);
});

test('every mark of a page names a sentence', () => {
  const all = { ...ENGLISH, ...text };
  let marks = 0;
  for (const page of pages) {
    for (const [, key] of htmlOf(page).matchAll(/data-(?:text|name|label)="([^"]+)"/g)) {
      marks++;
      assert.equal(typeof key.split('.').reduce((value, part) => value?.[part], all), 'string', `${page}: ${key}`);
    }
  }
  assert.ok(marks > 200, `${marks} marks`);
});

/** A script and all that it imports, at once or when it is wanted; imports in comments are of types alone. */
function graph(script, seen = new Set()) {
  if (seen.has(script)) return seen;
  seen.add(script);
  const code = readFileSync(script, 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
  for (const [, path] of code.matchAll(/(?:^(?:import|export) [^;]*?from |import\()'(\.[^']+)'/gm)) graph(resolve(dirname(script), path), seen);
  return seen;
}

test('a page loads the words that its scripts say, in every language', () => {
  for (const page of pages) {
    const [, script, names] = htmlOf(page).match(/<script type="module" src="\/js\/pages\/([a-z]+)\.js"(?: data-words="([^"]+)")?>/) ?? [];
    if (!script) continue;
    const wanted = [...graph(`${WWW}js/pages/${script}.js`)].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/ spoken\('([a-z]+)'/g)].map((match) => match[1]));
    for (const language of LANGUAGES) {
      const spokenThere = (names?.split(' ') ?? []).flatMap((name) => {
        const file = `${WORDS}${language}/${name}.js`;
        assert.ok(existsSync(file), file);
        return [...readFileSync(file, 'utf8').matchAll(/^speak\('[a-z]+', '([a-z]+)'/gm)].map((match) => match[1]);
      });
      assert.deepEqual(wanted.filter((one) => !spokenThere.includes(one)), [], `${page} in ${language}`);
    }
  }
});

test('what modules hold has the words of the language that was chosen last', () => {
  const close = translations.get('de').text.close;
  const state = (language) => translations.get(language).text.state.live;
  const english = text.state.live;
  globalThis.document = { documentElement: {} };
  try {
    setLanguage('de');
    assert.deepEqual([text.close, text.state.live, ruleText.none], [close, state('de'), translations.get('de').rule.none]);
    assert.equal(spoken('text'), text, 'one object a name');
    setLanguage('fr');
    assert.deepEqual([text.state.live, document.documentElement.lang], [state('fr'), 'fr']);
  } finally {
    setLanguage('en');
    delete globalThis.document;
  }
  assert.equal(text.state.live, english);
});

test('titles, descriptions and what stands in for scripts are said in every language', () => {
  for (const language of LANGUAGES) {
    const heads = JSON.parse(readFileSync(`${WORDS}${language}/pages.json`, 'utf8'));
    assert.deepEqual(Object.keys(heads).sort(), pages.map((page) => page.replace('.html', '')).sort(), language);
    for (const page of pages) {
      const html = htmlOf(page);
      const head = heads[page.replace('.html', '')];
      const has = (mark) => html.includes(mark);
      const more = [has('<noscript class="noscript">') && 'noscript', has('<main class="lost">') && 'main'].filter(Boolean);
      const parts = ['title', 'description', ...more];
      assert.deepEqual(Object.keys(head).sort(), parts.sort(), `${page} in ${language}`);
      for (const part of parts) {
        assert.match(head[part], /\S/, `${page} in ${language}: ${part}`);
        assert.ok(part === 'title' || !html.includes(head[part]), `${page} in ${language}: ${part} is English`);
        const links = (words) => [...words.matchAll(/href="([^"]*)"/g)].map((match) => match[1]);
        if (part === 'noscript' || part === 'main') {
          const there = html.split(`<${part} class=`)[1].split(`</${part}>`)[0];
          assert.deepEqual(links(head[part]), links(there), `${page} in ${language}: ${part}`);
        }
      }
    }
  }
});

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { analysisText } from '../../wwwroot/js/ui/analysis-text.js';
import { embedText } from '../../wwwroot/js/ui/embed-text.js';
import { eventsText } from '../../wwwroot/js/ui/events-text.js';
import { focusText } from '../../wwwroot/js/ui/focus-text.js';
import { libraryText } from '../../wwwroot/js/ui/library-text.js';
import { modelsText } from '../../wwwroot/js/ui/models-text.js';
import { studioText } from '../../wwwroot/js/ui/studio-text.js';
import { text } from '../../wwwroot/js/ui/text.js';

const WWW = fileURLToPath(new URL('../../wwwroot/', import.meta.url));

test('the pages hold the same sentences that the scripts have', () => {
  const all = {
    ...text, analysis: analysisText, embed: embedText, events: eventsText, focus: focusText, library: libraryText,
    models: modelsText, studio: studioText,
  };
  for (const page of readdirSync(WWW).filter((file) => file.endsWith('.html'))) {
    const html = readFileSync(WWW + page, 'utf8');
    const places = [...html.matchAll(/data-text="([^"]+)"[^>]*>([^<]*)</g)];
    for (const [, key, words] of places) {
      const wanted = key.split('.').reduce((value, part) => value[part], all);
      assert.equal(words.replaceAll('&lt;', '<').replaceAll('&amp;', '&'), wanted, `${page}: ${key}`);
    }
  }
});

test('the server finds where a page names its language', () => {
  for (const page of readdirSync(WWW).filter((file) => file.endsWith('.html') && file !== 'docs.html')) {
    assert.match(readFileSync(WWW + page, 'utf8'), /^<!doctype html>\n<html lang="en" dir="ltr"/, page);
  }
});

test('every page with a list of languages or a switch of theme puts them to work', () => {
  for (const page of readdirSync(WWW).filter((file) => file.endsWith('.html'))) {
    const html = readFileSync(WWW + page, 'utf8');
    const script = html.match(/<script type="module" src="(\/js\/pages\/[a-z]+\.js)"/)?.[1];
    const wanted = html.includes('class="select language"') ? /^startPage\(/m : html.includes('id="theme"') ? /^start(?:Page|Theme)\(/m : null;
    if (wanted) assert.match(readFileSync(WWW + script, 'utf8'), wanted, page);
  }
});

test('a language is listed by its own name, which begins with its code', () => {
  for (const page of readdirSync(WWW).filter((file) => file.endsWith('.html'))) {
    const lists = readFileSync(WWW + page, 'utf8').split('<select class="select language"').slice(1).map((rest) => rest.split('</select>')[0]);
    for (const list of lists) {
      const options = [...list.matchAll(/<option value="([a-z]+)" lang="([a-z]+)">([^<]+)</g)];
      assert.deepEqual(options.map(([, value]) => value), ['en', 'de', 'fr', 'es'], page);
      // A narrow bar shows its first two letters.
      for (const [, value, lang, name] of options) assert.deepEqual([lang, name.slice(0, 2).toLowerCase()], [value, value], page);
    }
  }
});

test('without scripts a page says what it is and what it needs', () => {
  for (const page of readdirSync(WWW).filter((file) => file.endsWith('.html') && file !== '404.html' && file !== 'offline.html')) {
    const html = readFileSync(WWW + page, 'utf8');
    assert.match(html, /<noscript[^>]*>[^<]{60,}/s, page);
  }
});

test('pages lead to documents that are pages, not to their Markdown', () => {
  for (const page of readdirSync(WWW).filter((file) => file.endsWith('.html'))) {
    assert.doesNotMatch(readFileSync(WWW + page, 'utf8'), /href="\/docs\/[^"]*\.md["#]/, page);
  }
});

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const JS = fileURLToPath(new URL('../../wwwroot/js', import.meta.url));
const WWW = dirname(JS);

/** What each folder may import beside itself, types included: an order, so no cycle. */
const MAY_USE = {
  ui: [],
  words: ['ui'],
  session: [],
  overlay: ['ui', 'session'],
  picture: ['ui', 'session', 'overlay'],
  camera: ['ui', 'session'],
  rules: ['ui', 'overlay'],
  panels: ['ui', 'session', 'overlay', 'picture', 'rules'],
  selftest: ['ui', 'session', 'camera'],
  reference: ['ui'],
  segment: ['ui', 'session'],
  vision: ['ui', 'session'],
  focus: ['ui', 'session', 'overlay', 'picture', 'vision'],
  library: ['ui', 'session', 'overlay'],
  analysis: ['ui', 'session', 'overlay', 'panels', 'library'],
  studio: ['ui', 'session', 'overlay', 'picture', 'library'],
  events: ['ui'],
  models: ['ui', 'session', 'overlay', 'focus'],
  handover: ['ui', 'session', 'panels', 'vision'],
  demo: ['ui', 'session'],
  pages: [
    'ui', 'session', 'overlay', 'picture', 'camera', 'panels', 'selftest', 'reference', 'segment', 'vision', 'focus', 'library',
    'analysis', 'studio', 'events', 'models', 'handover', 'demo', 'words',
  ],
};

const files = readdirSync(JS, { recursive: true }).filter((file) => file.endsWith('.js'));
const folderOf = (path) => relative(JS, path).split('/')[0];
const textOf = (file) => readFileSync(resolve(JS, file), 'utf8');

/** Of code and of JSDoc types alike. */
function importsOf(file) {
  return [...textOf(file).matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, path]) => resolve(JS, dirname(file), path));
}

test('the folders stand in an order', () => {
  const done = new Set();
  for (const [folder, used] of Object.entries(MAY_USE)) {
    assert.ok(used.every((other) => done.has(other)), `${folder} stands before what it uses`);
    done.add(folder);
  }
  assert.deepEqual([...new Set(files.map((file) => file.split('/')[0]))].sort(), Object.keys(MAY_USE).sort());
});

for (const folder of Object.keys(MAY_USE)) {
  test(`${folder} imports what it may`, () => {
    for (const file of files.filter((other) => other.startsWith(`${folder}/`))) {
      for (const path of importsOf(file)) {
        assert.ok(existsSync(path), `${file} imports ${relative(JS, path)}, which is not there`);
        assert.ok([folder, ...MAY_USE[folder]].includes(folderOf(path)), `${file} imports ${relative(JS, path)}`);
      }
    }
  });
}

test('within a folder no module imports itself through others', () => {
  const graph = new Map(files.map((file) => [file, codeImports(file)]));
  const state = new Map();
  const visit = (file, way) => {
    assert.notEqual(state.get(file), 'open', [...way, file].join(' → '));
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
});

/** Without types: two modules may speak of each other. */
function codeImports(file) {
  const paths = [...textOf(file).matchAll(/^(?:import|export) [^;]*?from '(\.[^']+)'/gms)].map(([, path]) => path);
  return paths.map((path) => relative(JS, resolve(JS, dirname(file), path)));
}

test('every module opens with what it is', () => {
  const without = files.filter((file) => !/^(\/\/ [A-Z]|\/\*\* ?[A-Z]|\/\*\*\n \* [A-Z])/.test(textOf(file)));
  assert.deepEqual(without, []);
});

test('modules and lines stay of a size to read', () => {
  for (const file of files) {
    const lines = textOf(file).split('\n');
    const words =
      /^ui\/(analysis-|check-|segment-|focus-|stand-|library-|studio-|inference-|demo-|rule-|events-|embed-)?text\.js$|^words\//;
    const wide = lines.findIndex((line) => line.length > 140 && !words.test(file));
    assert.ok(lines.length <= 310 || file.startsWith('words/'), `${file}: ${lines.length} lines`);
    assert.equal(wide, -1, `${file}:${wide + 1}`);
  }
});

test('pages load what is there, and every module is loaded by a page', () => {
  const pages = readdirSync(WWW).filter((file) => file.endsWith('.html'));
  const entries = [];
  for (const page of pages) {
    const html = readFileSync(resolve(WWW, page), 'utf8');
    for (const [, path] of html.matchAll(/(?:src|href)="(\/(?:js|css|icons)\/[^"#]+)/g)) {
      assert.ok(existsSync(WWW + path), `${page}: ${path}`);
      if (path.startsWith('/js/')) entries.push(path.slice('/js/'.length));
    }
    const names = html.match(/data-words="([^"]+)"/)?.[1].split(' ') ?? [];
    for (const language of ['de', 'fr', 'es']) entries.push(...names.map((name) => `words/${language}/${name}.js`));
  }
  const reached = new Set();
  const walk = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const path of importsOf(file)) walk(relative(JS, path));
  };
  for (const file of files) {
    for (const [, path] of textOf(file).matchAll(/'\/js\/(\S+-worker\.js)'/g)) entries.push(path);
  }
  entries.forEach(walk);
  assert.deepEqual(files.filter((file) => !reached.has(file)), []);
});

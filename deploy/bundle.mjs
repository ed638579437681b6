// Makes wwwroot/built of the pages' modules and styles: few files where there are many, each named by what is in it.   node deploy/bundle.mjs
//
// The modules are what developers, tests and the type checker read. The server serves what lies in wwwroot/built only while it was made of
// the very files that lie there (PageBundle.cs); without esbuild, or after a change, it serves the modules.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(import.meta.url);
const WWW = resolve(dirname(HERE), '..', 'wwwroot');
const OUT = join(WWW, 'built');
const MANIFEST = join(OUT, 'pages.json');
const WORKER = '/js/vision/vision-worker.js';
const LANGUAGES = ['de', 'fr', 'es'];
/** The first is kept by a service worker, by the addresses of its parts; the second has next to no script. */
const NOT_BUNDLED = ['offline.html', 'docs.html'];
/** Pages that somebody goes to and fro between: what only these share is a file of theirs. What others share too, all pages load. */
const FAMILIES = [['view', 'phone', 'embed'], ['library', 'analysis', 'studio']];

const SPOKEN = /export const (\w+) = spoken\('([a-z]+)', /g;

const addressOf = (path) => `/${path}`;
const styleEntry = ({ script }) => ({ in: `styles:${script}`, out: basename(script, '.js') });
const wordEntry = ({ language, name, path }) => ({ in: path, out: `words-${language}-${name}` });

const pages = findPages();
const sources = fingerprint(filesOf('css').concat(filesOf('js')));
const esbuild = await import('esbuild').catch(() => null);
if (!esbuild) {
  console.log('  pages are served as single modules: esbuild is not installed');
} else {
  const maker = createHash('sha256').update(readFileSync(HERE)).update(esbuild.version).update(JSON.stringify(pages)).digest('hex');
  const before = readManifest();
  if (before?.sources !== sources || before.maker !== maker) {
    const began = performance.now();
    const made = await build();
    keep({ sources, maker, ...made }, before);
    console.log(`  bundled the pages in ${Math.round(performance.now() - began)} ms`);
  }
}

/** Each page's script and styles, as its HTML names them. */
function findPages() {
  return readdirSync(WWW).filter((file) => file.endsWith('.html') && !NOT_BUNDLED.includes(file)).sort().flatMap((file) => {
    const html = readFileSync(join(WWW, file), 'utf8');
    const script = html.match(/<script type="module" src="\/(js\/pages\/[a-z]+\.js)"/)?.[1];
    const styles = [...html.matchAll(/<link rel="stylesheet" href="\/(css\/[a-z]+\.css)">/g)].map(([, path]) => path);
    return script ? [{ script, styles }] : [];
  });
}

function filesOf(folder) {
  return readdirSync(join(WWW, folder), { recursive: true }).filter((file) => /\.(?:js|css)$/.test(file))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`).sort();
}

/** The server makes the same. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(WWW, file)));
  return hash.digest('hex');
}

function readManifest() {
  try {
    return JSON.parse(readFileSync(MANIFEST, 'utf8'));
  } catch {
    return null;
  }
}

async function build() {
  const files = new Map();
  const take = ({ outputFiles }) => outputFiles.forEach(({ path, contents }) => files.set(relative(OUT, path).replaceAll('\\', '/'), contents));
  const options = {
    absWorkingDir: WWW, bundle: true, minify: true, write: false, metafile: true, outdir: OUT, charset: 'utf8', legalComments: 'none',
    target: 'es2022', format: 'esm', entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', logLevel: 'warning',
  };
  const worker = await esbuild.build({ ...options, entryPoints: [{ in: join(WWW, WORKER), out: 'vision/worker' }], entryNames: '[dir]/[name]-[hash]' });
  take(worker);
  const styles = await esbuild.build({ ...options, entryPoints: pages.map(styleEntry), plugins: [joinedStyles()] });
  take(styles);

  const words = wordFiles();
  const entryPoints = [...pages.map(({ script }) => ({ in: join(WWW, script), out: basename(script, '.js') })), ...words.map(wordEntry)];
  const workerAddress = addressOf(Object.keys(worker.metafile.outputs)[0]);
  const modules = (groups) => esbuild.build({ ...options, entryPoints, splitting: true, plugins: [ownModules(workerAddress, groups)] });
  const scripts = await modules(groupsOf((await modules([])).metafile.inputs, words));
  take(scripts);
  return { ...manifestOf(scripts.metafile.outputs, styles.metafile.outputs, words), files };
}

/** A page's styles in one file, in the order of its HTML. */
function joinedStyles() {
  return {
    name: 'styles',
    setup(build) {
      build.onResolve({ filter: /^styles:/ }, ({ path }) => ({ path, namespace: 'styles' }));
      build.onLoad({ filter: /.*/, namespace: 'styles' }, ({ path }) => ({
        contents: pages.find(({ script }) => path === `styles:${script}`).styles.map((file) => `@import "./${file}";`).join('\n'),
        loader: 'css', resolveDir: WWW,
      }));
    },
  };
}

/** Files of words: those of other languages as they are, and for each an English one, made of what the modules say by themselves. */
function wordFiles() {
  return LANGUAGES.flatMap((language) => readdirSync(join(WWW, 'js/words', language)).filter((file) => file.endsWith('.js'))
    .map((file) => ({ language, name: basename(file, '.js'), path: join(WWW, 'js/words', language, file) })))
    .concat(readdirSync(join(WWW, 'js/words', LANGUAGES[0])).filter((file) => file.endsWith('.js'))
      .map((file) => ({ language: 'en', name: basename(file, '.js'), path: `english:${basename(file, '.js')}` })));
}

/**
 * The modules as they are bundled: without their English sentences, which are a file of words like any other language's; with the worker's
 * new address; and each entry with all of the groups of which it needs something, so that a group stays in one file.
 */
function ownModules(workerAddress, groups) {
  const texts = filesOf('js/ui').filter((file) => file.endsWith('text.js'));
  const withName = (name) => texts.find((file) => read(file).includes(` = spoken('${name}', `));
  const once = (source, what, by) => {
    if (source.split(what).length !== 2) throw new Error(`${what} stands there ${source.split(what).length - 1} times`);
    return source.replace(what, () => by);
  };
  return {
    name: 'pages',
    setup(build) {
      build.onResolve({ filter: /^(?:english|group):/ }, ({ path }) => ({ path, namespace: 'made' }));
      build.onResolve({ filter: /^said:/ }, ({ path }) => ({ path: path.slice('said:'.length), namespace: 'said' }));
      build.onLoad({ filter: /^english:/, namespace: 'made' }, ({ path }) => {
        const names = [...read(`js/words/${LANGUAGES[0]}/${path.slice('english:'.length)}.js`).matchAll(/^speak\('[a-z]+', '([a-z]+)'/gm)];
        const files = new Set(names.map(([, name]) => withName(name)));
        const contents = grouped(path) + [...files].map((file) => `import 'said:${file}';`).join('\n');
        return { contents, resolveDir: WWW };
      });
      build.onLoad({ filter: /^group:/, namespace: 'made' }, ({ path }) => ({
        contents: groups[Number(path.slice('group:'.length))].map((file) => `import './${file}';`).join('\n'), resolveDir: WWW,
      }));
      build.onLoad({ filter: /.*/, namespace: 'said' }, ({ path }) => ({
        contents: read(path).replace(/\bspoken\b(?=[^;]*from '\.\/language\.js')/, 'speak').replaceAll(SPOKEN, "speak('en', '$2', "),
        resolveDir: join(WWW, dirname(path)),
      }));
      build.onLoad({ filter: /\.js$/, namespace: 'file' }, ({ path }) => {
        const file = relative(WWW, path).replaceAll('\\', '/');
        let source = read(file);
        if (file === 'js/vision/vision-client.js') source = once(source, `'${WORKER}'`, `'${workerAddress}'`);
        if (file === 'js/words/common.js') source = once(source, 'en: async () => {}', "en: () => import('english:common')");
        if (texts.includes(file) && source.includes(' = spoken(')) {
          source = "import { spoken } from './language.js';\n" +
            [...source.matchAll(SPOKEN)].map(([, constant, name]) => `export const ${constant} = spoken('${name}');`).join('\n');
        }
        return { contents: grouped(path) + source };
      });
    },
  };

  /** @param {string} entry as esbuild was given it */
  function grouped(entry) {
    const needs = groups.needs?.get(entry) ?? [];
    return needs.map((group) => `import 'group:${group}';\n`).join('');
  }
}

function read(file) {
  return readFileSync(join(WWW, file), 'utf8');
}

/**
 * Modules that several entries need, by who needs them: of all pages, and of each family. Entries are pages, words, and what is loaded later.
 * @returns {string[][]} and as `needs` the numbers of those that an entry has to do with
 */
function groupsOf(inputs, words) {
  const reached = (entry, kinds, seen = new Set()) => {
    if (seen.has(entry)) return seen;
    seen.add(entry);
    for (const { path, kind } of inputs[entry].imports) if (kinds.includes(kind) && path in inputs) reached(path, kinds, seen);
    return seen;
  };
  const later = Object.values(inputs).flatMap(({ imports }) => imports).filter(({ kind, path }) => kind === 'dynamic-import' && path in inputs);
  const ofWords = words.map(({ path }) => (path.includes(':') ? `made:${path}` : relative(WWW, path)));
  const scripts = pages.map(({ script }) => script);
  const entries = [...new Set([...scripts, ...later.map(({ path }) => path), ...ofWords])];
  const atOnce = new Map(entries.map((entry) => [entry, reached(entry, ['import-statement'])]));
  const ever = new Map(scripts.map((script) => [basename(script, '.js'), reached(script, ['import-statement', 'dynamic-import'])]));
  const groups = [[], ...FAMILIES.map(() => [])];
  for (const file of Object.keys(inputs).filter((one) => !entries.includes(one) && !one.includes(':'))) {
    const users = entries.filter((entry) => atOnce.get(entry).has(file));
    if (users.length < 2 || !users.some((entry) => scripts.includes(entry))) continue;
    const names = [...ever.keys()].filter((name) => ever.get(name).has(file));
    groups[FAMILIES.findIndex((family) => names.every((name) => family.includes(name))) + 1].push(file);
  }
  groups.needs = new Map(entries.map((entry) => [
    entry.startsWith('made:') ? entry.slice('made:'.length) : join(WWW, entry),
    groups.flatMap((group, at) => (group.some((file) => atOnce.get(entry).has(file)) ? [at] : [])),
  ]));
  return groups;
}

function manifestOf(outputs, styles, words) {
  const outputOf = (all, entry) => Object.keys(all).find((path) => all[path].entryPoint === entry);
  const chunks = (path, seen = new Set()) => {
    for (const { path: next, kind } of outputs[path].imports) {
      if (kind !== 'import-statement' || seen.has(next)) continue;
      seen.add(next);
      chunks(next, seen);
    }
    return seen;
  };
  return {
    pages: Object.fromEntries(pages.map(({ script, styles: own }) => {
      const path = outputOf(outputs, script);
      return [`/${script}`, {
        script: addressOf(path), chunks: [...chunks(path)].map(addressOf),
        styles: own.map((file) => `/${file}`), style: addressOf(outputOf(styles, `styles:styles:${script}`)),
      }];
    })),
    words: Object.fromEntries(words.map(({ language, name, path }) =>
      [`${language}/${name}`, addressOf(outputOf(outputs, path.includes(':') ? `made:${path}` : relative(WWW, path)))])),
  };
}

/** What the last bundle had stays too: a page that is open loads the rest of itself by these names. */
function keep({ files, ...manifest }, before) {
  mkdirSync(OUT, { recursive: true });
  for (const [name, contents] of files) {
    mkdirSync(dirname(join(OUT, name)), { recursive: true });
    writeFileSync(join(OUT, name), contents);
  }
  const names = [...files.keys()];
  const draft = `${MANIFEST}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ ...manifest, files: names }));
  renameSync(draft, MANIFEST);
  const wanted = new Set([basename(MANIFEST), ...names, ...before?.files ?? []]);
  for (const entry of readdirSync(OUT, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !wanted.has(relative(OUT, path).replaceAll('\\', '/'))) rmSync(path, { force: true });
  }
}

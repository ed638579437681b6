// Makes dist/: the module with what it takes from the pages, the two elements, and their types.   node build.mjs
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const pages = join(root, 'wwwroot');
const dist = join(here, 'dist');
/** What rtc-client.js imports, in the order in which classes need each other. */
const PARTS = [
  join(here, 'rtc-error.js'), join(here, 'server-sent-events.js'), join(pages, 'js/session/messages.js'), join(here, 'room-connection.js'),
];
const ELEMENTS = ['rtc-camera', 'rtc-viewer'];

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, 'elements'), { recursive: true });
writeFileSync(join(dist, 'rtc-client.js'), joined());
for (const name of ELEMENTS) cpSync(join(pages, 'elements', `${name}.js`), join(dist, 'elements', `${name}.js`));
cpSync(join(root, 'LICENSE'), join(here, 'LICENSE'));
execFileSync(process.execPath, [
  join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--allowJs', '--checkJs', '--strict', '--declaration', '--emitDeclarationOnly',
  '--ignoreConfig', '--target', 'ES2022', '--module', 'ES2022', '--moduleResolution', 'bundler', '--lib', 'ES2023,DOM,DOM.Iterable',
  '--types', '', '--rootDir', dist, '--outDir', dist, join(dist, 'rtc-client.js'),
  ...ELEMENTS.map((name) => join(dist, 'elements', `${name}.js`)),
], { stdio: 'inherit' });

/** One file: the parts come in place of their imports, and their types in place of references to them. */
function joined() {
  const parts = PARTS.map((file) => withoutImports(file).replaceAll(/^export /gm, ''));
  return [withoutImports(join(here, 'rtc-client.js')), ...parts].join('\n');
}

/** @param {string} file */
function withoutImports(file) {
  const isImport = /^import .* from '\.|^\/\*\* @typedef \{import\('\./;
  return readFileSync(file, 'utf8').split('\n').filter((line) => !isImport.test(line)).join('\n');
}

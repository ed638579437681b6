// Makes dist/: the module with what it takes from the pages, the two elements, and their types.   node build.mjs
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const pages = join(root, 'wwwroot');
const dist = join(here, 'dist');
const SHARED = 'js/session/messages.js';
const ELEMENTS = ['rtc-camera', 'rtc-viewer'];

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, 'elements'), { recursive: true });
writeFileSync(join(dist, 'rtc-client.js'), inlined(readFileSync(join(here, 'rtc-client.js'), 'utf8')));
for (const name of ELEMENTS) cpSync(join(pages, 'elements', `${name}.js`), join(dist, 'elements', `${name}.js`));
cpSync(join(root, 'LICENSE'), join(here, 'LICENSE'));
execFileSync(process.execPath, [
  join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--allowJs', '--checkJs', '--strict', '--declaration', '--emitDeclarationOnly',
  '--ignoreConfig', '--target', 'ES2022', '--module', 'ES2022', '--moduleResolution', 'bundler', '--lib', 'ES2023,DOM,DOM.Iterable',
  '--types', '', '--rootDir', dist, '--outDir', dist, join(dist, 'rtc-client.js'),
  ...ELEMENTS.map((name) => join(dist, 'elements', `${name}.js`)),
], { stdio: 'inherit' });

/** One file: the messages come in place of their import, and their types in place of references to them. */
function inlined(source) {
  const own = source.split('\n').filter((line) => !line.includes(`wwwroot/${SHARED}'`)).join('\n');
  const shared = readFileSync(join(pages, SHARED), 'utf8').replaceAll(/^export /gm, '');
  return `${own}\n${shared}`;
}

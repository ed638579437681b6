import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { installBrowser } from './support/browser.js';

let browser;
beforeEach(() => {
  browser = installBrowser();
  const stored = new Map();
  globalThis.localStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value) };
  globalThis.HTMLInputElement = class {};
  globalThis.HTMLSelectElement = class {};
});

function press(key) {
  browser.document.dispatchEvent(Object.assign(new Event('keydown'), { key }));
}

test('letters can be switched off, stay off, and leave the other keys alone', async () => {
  const { Shortcuts } = await import('../../wwwroot/js/ui/shortcuts.js');
  const pressed = [];
  const keys = new Shortcuts({ s: () => pressed.push('s'), escape: () => pressed.push('escape') });
  press('s');
  keys.letters = false;
  press('s');
  press('Escape');
  assert.deepEqual(pressed, ['s', 'escape']);
  keys.close();
  assert.equal(new Shortcuts({}).letters, false);
});

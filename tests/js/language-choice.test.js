import assert from 'node:assert/strict';
import { test } from 'node:test';

class Select {
  value = '';
  #onChange = () => {};
  addEventListener(_, listener) { this.#onChange = listener; }
  pick(value) {
    this.value = value;
    this.#onChange();
  }
}

/** A page that the server wrote in German. */
function open({ stored = null, cookies = true, address = 'https://rtc.example/library' } = {}) {
  const list = new Select();
  const jar = [];
  const went = [];
  const storage = new Map(stored === null ? [] : [['rtc-language', stored]]);
  Object.assign(globalThis, {
    HTMLSelectElement: Select,
    document: {
      documentElement: { lang: 'de', dataset: {} },
      readyState: 'complete',
      getElementById: (id) => (id === 'language' ? list : null),
      get cookie() { return jar.join('; '); },
      set cookie(value) { if (cookies) jar.splice(0, 1, value.split(';')[0]); },
    },
    localStorage: { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value) },
    location: Object.assign(new URL(address), { reload: () => went.push('again'), replace: (url) => went.push(String(url)) }),
  });
  return { list, jar, went, storage };
}

open();
const { startPage } = await import('../../wwwroot/js/ui/page.js');
const start = (options) => {
  const page = open(options);
  startPage({ hasWorker: true });
  return page;
};

test('the list shows the language that the page came in', () => {
  const { list, went } = start();
  assert.deepEqual([list.value, went], ['de', []]);
});

test('a choice is kept on the device and told to the server, which writes the page anew', () => {
  const { list, jar, went, storage } = start();
  list.pick('es');
  assert.deepEqual([storage.get('rtc-language'), jar, went], ['es', ['rtc-language=es'], ['again']]);
});

test('a choice drops the language of the address, which would overrule it', () => {
  const { list, went } = start({ address: 'https://rtc.example/library?lang=de&x=1' });
  list.pick('fr');
  assert.deepEqual(went, ['https://rtc.example/library?x=1']);
});

test('a kept choice that the server does not know yet is told to it, once', () => {
  assert.deepEqual(start({ stored: 'fr' }).went, ['again']);
  assert.deepEqual(start({ stored: 'de' }).went, []);
});

test('without cookies a kept choice loads nothing again and again', () => {
  assert.deepEqual(start({ stored: 'fr', cookies: false }).went, []);
});

test('the language of the address stands before the kept one, and nonsense is no choice', () => {
  assert.deepEqual(start({ stored: 'fr', address: 'https://rtc.example/?lang=de' }).went, []);
  assert.deepEqual(start({ stored: 'xx; Domain=evil' }).went, []);
});

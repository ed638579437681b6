import assert from 'node:assert/strict';
import { test } from 'node:test';

class Select {
  value = '';
  #onChange = () => {};
  addEventListener(_, listener) { this.#onChange = listener; }
  pick(value) {
    this.value = value;
    return this.#onChange();
  }
}

/** A page that the server wrote in German. */
function open({ stored = null, cookies = true, address = 'https://rtc.example/library' } = {}) {
  const [list, second] = [new Select(), new Select()];
  const jar = [];
  const went = [];
  const storage = new Map(stored === null ? [] : [['rtc-language', stored]]);
  Object.assign(globalThis, {
    HTMLSelectElement: Select,
    document: {
      documentElement: { lang: 'de', dataset: {} },
      readyState: 'complete',
      getElementById: () => null,
      querySelectorAll: (selector) => (selector === 'select.language' ? [list, second] : []),
      get cookie() { return jar.join('; '); },
      set cookie(value) { if (cookies) jar.splice(0, 1, value.split(';')[0]); },
    },
    localStorage: { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value) },
    history: { replaceState: (_, __, url) => went.push(`now ${url}`) },
    location: Object.assign(new URL(address), { reload: () => went.push('again'), replace: (url) => went.push(String(url)) }),
  });
  return { list, second, jar, went, storage };
}

open();
const { startPage } = await import('../../wwwroot/js/ui/page.js');
const { languageChanges, setLanguage } = await import('../../wwwroot/js/ui/language.js');
const { commonWords } = await import('../../wwwroot/js/words/common.js');
const { text } = await import('../../wwwroot/js/ui/text.js');
const start = (options, words) => {
  const page = open(options);
  startPage({ hasWorker: true, words });
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

test('a page that can goes on in another language without being loaded anew', async () => {
  const { list, second, jar, went, storage } = start({ address: 'https://rtc.example/view?room=demo&lang=de' }, commonWords);
  let told = 0;
  languageChanges.addEventListener('change', () => told++);
  try {
    await list.pick('es');
    assert.deepEqual([storage.get('rtc-language'), jar, told], ['es', ['rtc-language=es'], 1]);
    assert.deepEqual(went, ['now https://rtc.example/view?room=demo'], 'the address would overrule the choice');
    assert.deepEqual([document.documentElement.lang, second.value, text.close], ['es', 'es', 'Cerrar']);
    await second.pick('en');
    assert.deepEqual([document.documentElement.lang, list.value, text.close], ['en', 'en', 'Close']);
  } finally {
    setLanguage('de');
  }
});

test('words that cannot be had leave the page as it is', async () => {
  const { list, jar } = start({}, { fr: async () => { throw new Error('offline'); } });
  await list.pick('fr');
  assert.deepEqual([document.documentElement.lang, list.value, jar], ['de', 'de', ['rtc-language=fr']]);
});

test('of two choices the later one counts', async () => {
  let arrive = () => {};
  const slow = new Promise((resolve) => { arrive = resolve; });
  const { list } = start({}, { ...commonWords, es: async () => { await slow; await commonWords.es(); } });
  const first = list.pick('es');
  await list.pick('en');
  arrive();
  await first;
  assert.equal(document.documentElement.lang, 'en');
  assert.equal(list.value, 'en');
  setLanguage('de');
});

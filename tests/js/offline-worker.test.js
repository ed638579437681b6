import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';

const SOURCE = readFileSync(fileURLToPath(new URL('../../wwwroot/offline-worker.js', import.meta.url)), 'utf8');
const ORIGIN = 'https://rtc.example';

/** The worker with a network and a cache that the test holds. */
function start() {
  const listeners = new Map();
  const kept = new Map();
  const asked = [];
  const world = { network: () => ({ status: 200, body: 'the server’s' }) };
  const self = { skipWaiting: () => {}, registration: {} };
  const cache = {
    addAll: async (requests) => {
      for (const { url } of requests) kept.set(url, { status: 200, body: `kept ${url} by run ${world.run ?? 1}` });
    },
    match: async (path) => kept.get(path),
  };
  runInContext(SOURCE, createContext({
    self, URL, Set, Promise, Error, location: { origin: ORIGIN },
    addEventListener: (type, listener) => listeners.set(type, listener),
    caches: { open: async () => cache },
    Request: class { constructor(url) { this.url = url; } },
    fetch: async (request) => {
      asked.push(request.url);
      return world.network(request);
    },
  }));
  const fire = async (type, event = {}) => {
    const works = [];
    let answer;
    listeners.get(type)({ ...event, waitUntil: (work) => works.push(work), respondWith: (given) => { answer = given; } });
    const got = await answer;
    await Promise.all(works);
    return got;
  };
  const get = (path, mode = 'no-cors', method = 'GET') => fire('fetch', { request: { method, mode, url: new URL(path, ORIGIN).href } });
  return { world, kept, asked, get, install: () => fire('install') };
}

const away = () => { throw new TypeError('no network'); };

test('a page that the server answers is the server’s', async () => {
  const { get, install } = start();
  await install();
  assert.equal((await get('/view?room=demo', 'navigate')).body, 'the server’s');
  assert.equal((await get('/offline', 'navigate')).body, 'the server’s');
  assert.equal((await get('/css/base.css')).body, 'the server’s');
});

test('while the server is away every page says so, with what it is drawn with', async () => {
  const { world, get, install } = start();
  await install();
  world.network = away;
  assert.match((await get('/view?room=demo', 'navigate')).body, /^kept \/offline /);
  assert.match((await get('/css/base.css')).body, /^kept \/css\/base\.css /);
  world.network = () => ({ status: 502, body: 'a proxy’s' });
  assert.match((await get('/', 'navigate')).body, /^kept \/offline /);
});

test('an error that the server itself answers is shown', async () => {
  const { world, get, install } = start();
  await install();
  world.network = () => ({ status: 500, body: 'broken' });
  assert.equal((await get('/view', 'navigate')).body, 'broken');
});

test('nothing else goes through the worker', async () => {
  const { asked, get, install } = start();
  await install();
  for (const [path, mode, method] of [
    ['/api/rooms'], ['/js/pages/view.js'], ['/icons/favicon.svg', 'cors', 'HEAD'], ['/api/session', 'navigate', 'POST'],
    ['https://other.example/', 'navigate'],
  ]) assert.equal(await get(path, mode, method), undefined, path);
  assert.deepEqual(asked, []);
});

test('a worker that starts again keeps the page anew, once', async () => {
  const first = start();
  await first.install();
  first.world.run = 2;
  await first.get('/', 'navigate');
  assert.equal(first.kept.get('/offline').body, 'kept /offline by run 1', 'installed a moment ago');

  const again = start();
  await again.get('/', 'navigate');
  assert.equal(again.kept.get('/offline').body, 'kept /offline by run 1');
  again.world.run = 2;
  await again.get('/view', 'navigate');
  assert.equal(again.kept.get('/offline').body, 'kept /offline by run 1');
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { fetchModel, ModelError } from '../../wwwroot/js/vision/model/fetch-model.js';
import { listModels } from '../../wwwroot/js/vision/model/model-choice.js';

const URL_OF = 'https://rtc.example/models/m.onnx';
const BYTES = Uint8Array.from({ length: 5000 }, (_, at) => at * 7);
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Caches as a browser has them, as far as the page uses them. */
function fakeStorage() {
  const entries = new Map();
  const cache = {
    keys: async () => [...entries.keys()].map((url) => ({ url })),
    match: async (key) => entries.get(key.url ?? key)?.clone(),
    put: async (url, response) => { entries.set(url, response); },
    delete: async (key) => entries.delete(key.url),
  };
  return { entries, open: async () => cache };
}

/** A server with one model; asked keeps what it was asked with. */
function fakeServer(bytes = BYTES) {
  const server = { bytes, away: false, asked: [], tag: null };
  server.fetch = async (_url, { headers }) => {
    if (server.away) throw new TypeError('failed to fetch');
    const tag = server.tag ?? hashOf(server.bytes);
    server.asked.push(headers);
    if (headers['if-none-match'] === `"${tag}"`) return new Response(null, { status: 304 });
    return new Response(server.bytes, { headers: { etag: `"${tag}"`, 'content-length': String(server.bytes.length) } });
  };
  return server;
}

const quiet = () => {};

test('a model is fetched once, and asked for by its hash from then on', async () => {
  const [server, storage] = [fakeServer(), fakeStorage()];
  const progress = [];
  const options = { fetch: server.fetch, storage, token: 't', onProgress: (report) => progress.push(report) };
  assert.deepEqual(await fetchModel({ name: 'm', url: URL_OF }, options), BYTES);
  assert.deepEqual([progress.at(-1).bytes, progress.at(-1).total], [5000, 5000]);
  assert.deepEqual(await fetchModel({ name: 'm', url: URL_OF }, options), BYTES);
  assert.equal(server.asked[0].authorization, 'Bearer t');
  assert.equal(server.asked[1]['if-none-match'], `"${hashOf(BYTES)}"`);
  assert.deepEqual([...storage.entries.keys()], [`${URL_OF}?sha256=${hashOf(BYTES)}`]);
});

test('a changed model takes the old one’s place', async () => {
  const [server, storage] = [fakeServer(), fakeStorage()];
  const options = { fetch: server.fetch, storage, onProgress: quiet };
  await fetchModel({ name: 'm', url: URL_OF }, options);
  server.bytes = BYTES.slice(0, 100);
  assert.equal((await fetchModel({ name: 'm', url: URL_OF }, options)).length, 100);
  assert.deepEqual([...storage.entries.keys()], [`${URL_OF}?sha256=${hashOf(server.bytes)}`]);
});

test('what is kept serves while the server is away, and nothing kept is said', async () => {
  const [server, storage] = [fakeServer(), fakeStorage()];
  const options = { fetch: server.fetch, storage, onProgress: quiet };
  await fetchModel({ name: 'm', url: URL_OF }, options);
  server.away = true;
  assert.deepEqual(await fetchModel({ name: 'm', url: URL_OF }, options), BYTES);
  await assert.rejects(fetchModel({ name: 'x', url: 'https://rtc.example/models/x.onnx' }, options), ModelError);
});

test('a damaged or too large model is refused and not kept', async () => {
  const [server, storage] = [fakeServer(), fakeStorage()];
  server.tag = hashOf(new Uint8Array(3));
  const options = { fetch: server.fetch, storage, onProgress: quiet };
  await assert.rejects(fetchModel({ name: 'm', url: URL_OF }, options), /damaged/);
  await assert.rejects(fetchModel({ name: 'm', url: URL_OF }, { ...options, maxBytes: 4999 }), /at most/);
  const endless = async () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1 << 20)) }));
  await assert.rejects(fetchModel({ name: 'm', url: URL_OF }, { ...options, fetch: endless, maxBytes: 8 << 20 }), /at most/);
  await assert.rejects(fetchModel({ name: 'm', file: new Blob([new Uint8Array(10)]) }, { ...options, maxBytes: 9 }), /at most/);
  assert.equal(storage.entries.size, 0);
});

test('the server’s own words are passed on', async () => {
  const refuse = async () => Response.json({ title: 'token_required', detail: 'This server asks for a join token.' }, { status: 401 });
  await assert.rejects(fetchModel({ name: 'm', url: URL_OF }, { fetch: refuse, onProgress: quiet }), /asks for a join token/);
});

test('a file and a browser that keeps nothing do as well', async () => {
  assert.deepEqual(await fetchModel({ name: 'm', file: new Blob([BYTES]) }, { onProgress: quiet }), BYTES);
  assert.deepEqual(await fetchModel({ name: 'm', url: URL_OF }, { fetch: fakeServer().fetch, onProgress: quiet }), BYTES);
});

test('the list of models is remembered for when the server is away', async () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const models = [
    { name: 'yolox-nano', task: 'detect', on_disk: true }, { name: 'yolox-s', task: 'detect', on_disk: false },
    { name: 'motion', task: 'detect', on_disk: true }, { name: 'mobile-sam', task: 'mask', on_disk: true },
    { name: 'grabcut', task: 'mask', on_disk: true }, { name: 'deeplab', task: 'segment', on_disk: true },
  ];
  const expected = { detectors: ['yolox-nano'], masks: ['mobile-sam'] };
  assert.deepEqual(await listModels(undefined, { storage, fetch: async () => Response.json(models) }), expected);
  const away = async () => { throw new TypeError('failed to fetch'); };
  assert.deepEqual(await listModels(undefined, { storage, fetch: away }), expected);
  kept.set('rtc-vision-models', '{"detectors":[1,{}]}');
  assert.deepEqual(await listModels(undefined, { storage, fetch: away }), { detectors: [], masks: [] });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptSwitch } from '../../wwwroot/js/models/kept-switch.js';
import { factsOf } from '../../wwwroot/js/models/model-card.js';
import { boxesOf, millisecondsOf, triable } from '../../wwwroot/js/models/model-trial.js';
import { formOf, ModelsApi, Refused } from '../../wwwroot/js/models/models-api.js';

const MODEL = {
  name: 'a', task: 'detect', licence: 'MIT', on_disk: true, bytes: 3_660_092, provider: null, problem: null, layout: 'yolox',
  input_width: 416, input_height: 416, suits: ['detect'], origin: 'catalogue', rate: null,
};

/** @returns {Storage} */
function storage() {
  const kept = new Map();
  return /** @type {any} */ ({ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) });
}

test('a card tells what is known of a model, and what is not', () => {
  assert.deepEqual(factsOf(MODEL), [
    ['Licence', 'MIT'], ['Size', '3.7 MB'], ['Layout', 'yolox'], ['Picture', '416 × 416'], ['Here', 'not measured']]);
  const rate = { per_second: 38.5, milliseconds: 25.97, runs: 10, provider: 'cpu', measured_at: '' };
  assert.deepEqual(factsOf({ ...MODEL, rate, layout: null, input_width: null }).slice(2), [
    ['Layout', 'unknown until loaded'], ['Picture', 'any size, or unknown until loaded'], ['Here', '39 pictures/s, 26 ms, cpu']]);
  assert.deepEqual(factsOf({ ...MODEL, origin: 'embedded' })[0], ['Licence', 'MIT']);
  assert.equal(factsOf({ ...MODEL, on_disk: false }).some(([word]) => word === 'Here'), false);
});

test('only detectors that are there can be tried on a picture', () => {
  const models = [MODEL, { ...MODEL, name: 'b', on_disk: false }, { ...MODEL, name: 'c', suits: ['mask'] },
    { ...MODEL, name: 'd', origin: 'embedded' }];
  assert.deepEqual(triable(models), ['a']);
});

test('boxes of one class have one colour, and a wait for others is nobody’s time', () => {
  const found = [{ label: 'cat' }, { label: 'dog' }, { label: 'cat' }];
  assert.deepEqual(boxesOf(found).map(({ track_id: id }) => id), [0, 1, 0]);
  assert.equal(millisecondsOf({ queue: 100, prepare: 1, run: 2, decode: 3 }), 6);
});

test('the way back is the first model, until the room has it again', () => {
  const kept = storage();
  const memory = new KeptSwitch(kept);
  memory.note('demo', 'auto', 'a');
  memory.note('demo', 'a', 'b');
  assert.equal(memory.of('demo'), 'auto');
  assert.equal(new KeptSwitch(kept).of('demo'), 'auto');
  memory.note('demo', 'b', 'auto');
  assert.equal(memory.of('demo'), undefined);
  assert.equal(memory.of('constructor'), undefined);
  kept.setItem('rtc.model-before', '{"x":');
  assert.equal(new KeptSwitch(kept).of('demo'), undefined);
});

test('names of classes come before the file that they are for', () => {
  const form = formOf(new File(['x'], 'a.onnx'), ' red\ngreen ');
  assert.deepEqual([...form.keys()], ['classes', 'model']);
  assert.equal(form.get('classes'), 'red\ngreen');
  assert.deepEqual([...formOf(new File(['x'], 'a.onnx'), ' ').keys()], ['model']);
});

test('requests carry the key that was entered, and a refusal the server’s sentence', async () => {
  /** @type {any[]} */ const asked = [];
  globalThis.fetch = /** @type {any} */ (async (path, init) => {
    asked.push([path, init.method ?? 'GET', init.headers.authorization, init.body]);
    return path.endsWith('measure')
      ? { ok: false, status: 409, json: async () => ({ detail: 'One model is measured at a time.' }) }
      : { ok: true, status: 200, json: async () => ({ room: 'my room', model: 'a', before: 'auto' }) };
  });
  const api = new ModelsApi('token');
  await api.setRoom('my room', 'a');
  api.use(' key ');
  await assert.rejects(api.measure('a/b'), (error) => error instanceof Refused && error.status === 409 && /at a time/.test(error.message));
  assert.deepEqual(asked, [
    ['/api/rooms/my%20room/model', 'PUT', 'Bearer token', '{"model":"a"}'], ['/api/models/a%2Fb/measure', 'POST', 'Bearer key', undefined]]);
});

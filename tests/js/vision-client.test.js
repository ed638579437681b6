import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VisionClient } from '../../wwwroot/js/vision/vision-client.js';

const SETTINGS = { confidence: 0.5, nms: 0.45, maxDetections: 100, perSecond: 15 };
const READY = { type: 'ready' };
const STATE = { now: 7, started: true, lastId: 4, tracked: [], lost: [] };

class FakeWorker extends EventTarget {
  sent = [];
  ended = false;
  postMessage(message) { this.sent.push(message); }
  terminate() { this.ended = true; }
  say(data) { this.dispatchEvent(Object.assign(new Event('message'), { data })); }
  sentOf(type) { return this.sent.filter((message) => message.type === type); }
}

function start() {
  const workers = [];
  const heard = [];
  const restarts = [];
  const client = new VisionClient(
    { type: 'open', detector: { name: 'm' }, masks: [], provider: 'auto', phone: false, settings: SETTINGS },
    { onReport: (report) => heard.push(report), onRestart: (reason) => restarts.push(reason) },
    () => { workers.push(new FakeWorker()); return workers.at(-1); },
  );
  return { client, workers, heard, restarts };
}

const picture = () => ({ closed: 0, close() { this.closed++; } });
const result = (runs = 1) => ({ type: 'result', runs, state: STATE });

test('one picture is on its way at a time, and one too many is closed', () => {
  const { client, workers: [worker] } = start();
  const early = picture();
  assert.ok(!client.push(early, 0));
  assert.equal(early.closed, 1);
  worker.say(READY);
  assert.ok(client.isFree);
  const first = picture();
  assert.ok(client.push(first, 1));
  const second = picture();
  assert.ok(!client.push(second, 2));
  assert.deepEqual([first.closed, second.closed], [0, 1]);
  worker.say(result());
  assert.ok(client.isFree);
  client.close();
  assert.ok(worker.ended);
});

test('a worker that fails is followed by one that goes on as it was', () => {
  const { client, workers, heard, restarts } = start();
  workers[0].say(READY);
  client.configure({ ...SETTINGS, perSecond: 3 });
  client.target(5);
  client.push(picture(), 1);
  workers[0].say(result());
  workers[0].say({ type: 'error', code: 'run', message: 'The graphics chip was lost' });
  assert.ok(workers[0].ended);
  assert.deepEqual(restarts, ['The graphics chip was lost']);
  assert.equal(workers.length, 2);
  assert.ok(!client.isFree);
  workers[1].say(READY);
  assert.ok(client.isFree);
  assert.deepEqual(workers[1].sentOf('restore'), [{ type: 'restore', state: STATE }]);
  assert.deepEqual(workers[1].sentOf('target').at(-1), { type: 'target', id: 5 });
  assert.equal(workers[1].sentOf('configure').at(-1).settings.perSecond, 3);
  assert.ok(!heard.some(({ type }) => type === 'error'));
  client.close();
});

test('a worker that keeps failing is given up, one that never worked at once', () => {
  const broken = start();
  for (let fault = 0; fault < 4; fault++) {
    const worker = broken.workers.at(-1);
    worker.say(READY);
    worker.say({ type: 'error', code: 'run', message: 'again' });
  }
  assert.equal(broken.workers.length, 4);
  assert.deepEqual(broken.heard.filter(({ type }) => type === 'error').map(({ message }) => message), ['again']);
  const stillborn = start();
  stillborn.workers[0].dispatchEvent(Object.assign(new Event('error'), { message: 'no script' }));
  assert.equal(stillborn.workers.length, 1);
  assert.equal(stillborn.heard.at(-1).message, 'no script');
  broken.client.close();
  stillborn.client.close();
});

test('a refused model is no error of the worker', () => {
  const { client, workers, heard, restarts } = start();
  workers[0].say({ type: 'error', code: 'model', message: 'no ONNX model' });
  assert.deepEqual([workers.length, restarts.length, heard.length], [1, 0, 1]);
  client.close();
});

test('after many runs another worker takes over without a gap', () => {
  const { client, workers, restarts } = start();
  workers[0].say(READY);
  client.push(picture(), 1);
  workers[0].say(result(20_000));
  assert.equal(workers.length, 2);
  assert.ok(client.isFree, 'the first works on until the second is ready');
  assert.ok(client.push(picture(), 2));
  workers[0].say(result(20_001));
  assert.equal(workers.length, 2);
  workers[1].say(READY);
  assert.ok(workers[0].ended);
  assert.ok(client.push(picture(), 3));
  assert.equal(workers[1].sentOf('picture').length, 1);
  assert.deepEqual(restarts, []);
  client.close();
});

test('a worker that hangs is replaced', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { client, workers, restarts } = start();
  workers[0].say(READY);
  client.push(picture(), 1);
  context.mock.timers.tick(29_000);
  assert.equal(workers.length, 1);
  context.mock.timers.tick(2_000);
  assert.equal(workers.length, 2);
  assert.deepEqual(restarts, ['no answer']);
  client.close();
});

test('a camera is read by one worker at a time, and let go with it', () => {
  const live = new Set();
  const track = { clone: () => { const clone = { stop: () => live.delete(clone) }; live.add(clone); return clone; } };
  globalThis.MediaStreamTrackProcessor = class { readable = new ReadableStream(); };
  const { client, workers } = start();
  assert.ok(client.follow(track));
  workers[0].say(READY);
  assert.deepEqual([live.size, workers[0].sentOf('track').length], [1, 1]);
  workers[0].say({ type: 'error', code: 'run', message: 'lost' });
  workers[1].say(READY);
  assert.deepEqual([live.size, workers[1].sentOf('track').length], [1, 1]);
  assert.ok(!client.follow(null));
  assert.equal(live.size, 0);
  client.follow(track);
  workers[1].say({ type: 'error', code: 'run', message: 'lost' });
  client.follow(null);
  assert.equal(live.size, 0, 'while the next worker begins');
  workers[2].say(READY);
  client.follow(track);
  client.close();
  assert.equal(live.size, 0);
  delete globalThis.MediaStreamTrackProcessor;
  const { client: other } = start();
  assert.ok(!other.follow(track), 'a browser that has no such thing');
  other.close();
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { legendOf } from '../../wwwroot/js/panels/class-legend.js';
import { FrameLink } from '../../wwwroot/js/segment/frame-link.js';
import { keepEdges } from '../../wwwroot/js/segment/class-edges.js';
import { decodeAnswer, encodeFrame } from '../../wwwroot/js/segment/frame-codec.js';
import { parseMessage } from '../../wwwroot/js/segment/frame-messages.js';

test('a frame has the header that the server reads', () => {
  const message = new Uint8Array(encodeFrame(0xfffffffe, 12.5, new Uint8Array([7, 8]).buffer));
  assert.deepEqual([...message.slice(0, 8)], [1, 1, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
  assert.equal(new DataView(message.buffer).getFloat64(8, true), 12.5);
  assert.deepEqual([...message.slice(16)], [7, 8]);
});

test('an answer is read, and what is none is not', async () => {
  const message = new Uint8Array(encodeFrame(9, 5, new Uint8Array([1, 2, 3]).buffer));
  message[1] = 2;
  const answer = decodeAnswer(message.buffer);
  assert.equal(answer?.id, 9);
  assert.equal(answer?.file.type, 'image/png');
  assert.deepEqual([...new Uint8Array(await answer.file.arrayBuffer())], [1, 2, 3]);
  for (const [at, value] of [[0, 2], [1, 9]]) {
    const broken = message.slice();
    broken[at] = value;
    assert.equal(decodeAnswer(broken.buffer), null);
  }
  assert.equal(decodeAnswer(message.slice(0, 16).buffer), null);
});

test('messages are read as far as they make sense', () => {
  const answer = parseMessage('{"type":"segmentation","id":3,"metadata":{"model_mode":"fast","detected_classes":["person",7],"coverage":{"person":0.5},"colors":{"person":[1,2,3]},"fps":"many"}}');
  assert.ok(answer?.type === 'segmentation');
  assert.deepEqual(answer.classes, [{ label: 'person', share: 0.5, colour: [1, 2, 3] }]);
  assert.equal(answer.fps, 0);
  assert.equal(parseMessage('{"type":"connected"}')?.type, 'connected');
  for (const text of ['', '7', '[]', '{', '{"type":"tomorrow"}']) assert.equal(parseMessage(text), null);
});

test('edges are what another class is near to', () => {
  const width = 12;
  const pixels = new Uint32Array(width * 8).map((_, at) => (at % width < 6 ? 1 : 2));
  keepEdges(pixels, width, 8, 2);
  assert.deepEqual([...pixels.slice(36, 48)], [0, 0, 0, 0, 1, 1, 2, 2, 0, 0, 0, 0]);
});

test('a segmented room has each class once, with its colour and share', () => {
  const box = (/** @type {string} */ label, /** @type {number} */ id) => ({ label, track_id: id, score: 1, xmin: 0, ymin: 0, xmax: 1, ymax: 1, predicted: false });
  const segmented = legendOf({ detections: [box('person', 3)], classes: [{ label: 'person', coverage: 0.25, color: [192, 128, 128] }] });
  assert.deepEqual([...segmented], [['person', { colours: ['rgb(192 128 128)'], share: 0.25 }]]);
  const tracked = legendOf({ detections: [9, 7, 5, 3, 1].map((id) => box('cup', id)) });
  assert.equal(tracked.get('cup')?.colours.length, 4);
  assert.equal(tracked.get('cup')?.share, null);
});

test('a server that says nothing any more is left, and asked again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const sockets = [];
  globalThis.WebSocket = class {
    static OPEN = 1;
    readyState = 1;
    bufferedAmount = 0;
    constructor() { sockets.push(this); }
    send() {}
    close() {}
    say(mode) { this.onmessage({ data: JSON.stringify({ type: 'connected', model_mode: mode }) }); }
  };
  const states = [];
  const events = { onState: (state) => states.push(state), onConnected: () => {}, onAnswer: () => {}, onError: () => {} };
  const link = new FrameLink('ws://rtc.example/ws', events);
  for (const ms of [30_000, 10_000]) {
    t.mock.timers.tick(ms);
    await new Promise(setImmediate);
  }
  assert.equal(sockets.length, 2, 'one that never greets');
  sockets[1].say(null);
  sockets[1].say('fast');
  t.mock.timers.tick(60_000);
  assert.equal(states.at(-1), 'live', 'nothing was asked');
  assert.ok(link.send(1, new ArrayBuffer(2)));
  t.mock.timers.tick(60_000);
  assert.equal(states.at(-1), 'returning');
  link.close();
  t.mock.timers.tick(60_000);
  await new Promise(setImmediate);
  assert.equal(states.at(-1), 'closed');
});

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { SidecarLayer, nearestLine, parseSidecar } from '../../wwwroot/js/overlay/sidecar-layer.js';

const BOX = { track_id: 7, label: 'cup', score: 0.9, xmin: 0.25, ymin: 0.5, xmax: 0.5, ymax: 1, predicted: false };
const line = (time, more = {}) => JSON.stringify({
  presentation_time: time, view: 'source', type: 'detections', target_id: null, detections: [BOX], ...more,
});

class FakeVideo extends EventTarget {
  currentTime = 0;
  videoWidth = 640;
  videoHeight = 320;
  waiting = new Map();
  #id = 0;
  requestVideoFrameCallback(callback) {
    this.waiting.set(++this.#id, callback);
    return this.#id;
  }
  cancelVideoFrameCallback(id) {
    this.waiting.delete(id);
  }
  /** Shows the picture of this time. */
  show(mediaTime) {
    this.currentTime = mediaTime;
    const [[id, callback]] = this.waiting;
    this.waiting.delete(id);
    callback(0, { mediaTime });
  }
}

let boxes;
let canvas;
beforeEach(() => {
  boxes = [];
  const context = new Proxy({ measureText: () => ({ width: 10 }) }, {
    get: (own, name) => own[name] ?? ((...values) => {
      if (name === 'clearRect') boxes = [];
      if (name === 'roundRect') boxes.push(values.slice(0, 4));
    }),
  });
  canvas = { clientWidth: 400, clientHeight: 200, width: 400, height: 200, getContext: () => context };
  globalThis.ResizeObserver = class {
    observe() {}
    disconnect() {}
  };
});

test('lines are sorted, and what is cut off or foreign is left out', () => {
  const lines = parseSidecar(`${line(2)}\n${line(1)}\n\nnull\n{"presentation_time":"3","detections":[]}\n{"presentation_time":4}\n${line(5).slice(0, 40)}`);
  assert.deepEqual(lines.map(({ presentation_time: time }) => time), [1, 2]);
});

test('the nearest line belongs to a time, within half a second', () => {
  const lines = parseSidecar([line(1), line(2), line(2.5)].join('\n'));
  const at = (seconds) => nearestLine(lines, seconds)?.presentation_time ?? null;
  assert.deepEqual([0.4, 0.5, 1.49, 1.5, 1.6, 2.2, 2.25, 2.3, 3, 3.1].map(at), [null, 1, 1, 1, 2, 2, 2, 2.5, 2.5, null]);
  assert.equal(nearestLine([], 1), null);
  assert.equal(nearestLine(lines, NaN), null);
});

test('any time finds what a search through all lines finds', () => {
  const lines = parseSidecar(Array.from({ length: 50 }, (_, i) => line((i * 7919 % 97) / 10)).join('\n'));
  for (let seconds = 0; seconds < 10; seconds += 0.037) {
    const gap = Math.min(...lines.map(({ presentation_time: time }) => Math.abs(time - seconds)));
    assert.equal(Math.abs(nearestLine(lines, seconds, 99).presentation_time - seconds), gap);
  }
});

test('boxes follow the pictures that the video shows', () => {
  const video = new FakeVideo();
  const layer = new SidecarLayer(canvas, video, [line(1), line(1.2, { detections: [] })].join('\n'));
  assert.equal(layer.count, 2);
  assert.deepEqual(boxes, []);
  video.show(1);
  assert.deepEqual(boxes, [[100, 100, 100, 100]].concat(boxes.slice(1)));
  video.show(1.2);
  assert.deepEqual(boxes, []);
  video.currentTime = 0.9;
  video.dispatchEvent(new Event('seeked'));
  assert.equal(boxes.length > 0, true);
  layer.close();
  assert.deepEqual(boxes, []);
  assert.equal(video.waiting.size, 0);
});

test('a picture that has its boxes gets no second ones until they are asked for', () => {
  const video = new FakeVideo();
  const layer = new SidecarLayer(canvas, video, line(0, { view: 'annotated' }));
  assert.deepEqual([layer.isDrawnIn, layer.visible, boxes.length], [true, false, 0]);
  layer.visible = true;
  assert.equal(boxes.length > 0, true);
});

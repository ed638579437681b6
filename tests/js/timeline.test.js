import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ticks, Timeline } from '../../wwwroot/js/picture/timeline.js';

const STEP = 3000;

/** A result whose one box has its left edge at x. */
function result(timestamp, x, extra = {}) {
  return { type: 'detections', rtp_timestamp: timestamp >>> 0, target_id: null, detections: [{ track_id: 7, label: 'a', score: 1, xmin: x, ymin: 0.2, xmax: x + 0.1, ymax: 0.4, predicted: false }], ...extra };
}

test('a picture gets its own result, whatever came later', () => {
  const timeline = new Timeline();
  for (let i = 0; i < 5; i++) timeline.add(result(i * STEP, i / 10));
  const moment = timeline.at(2 * STEP);
  assert.equal(moment.exact, true);
  assert.equal(moment.boxes[0].xmin, 0.2);
});

test('between two results a box lies between', () => {
  const timeline = new Timeline();
  timeline.add(result(0, 0.1));
  timeline.add(result(3 * STEP, 0.4));
  assert.ok(Math.abs(timeline.at(STEP).boxes[0].xmin - 0.2) < 1e-9);
  assert.ok(Math.abs(timeline.at(2 * STEP).boxes[0].xmin - 0.3) < 1e-9);
});

test('past the newest result a box goes on its way, then stands, then goes', () => {
  const timeline = new Timeline();
  for (let i = 0; i < 4; i++) timeline.add(result(i * STEP, i / 100));
  assert.ok(Math.abs(timeline.at(4 * STEP).boxes[0].xmin - 0.04) < 1e-9);
  const far = timeline.at(30 * STEP).boxes[0].xmin;
  assert.ok(far < 0.14, `carried to ${far}`);
  assert.equal(timeline.at(3 * STEP + 2 * 90_000), null);
});

test('a box that shrinks fast is not turned inside out', () => {
  const timeline = new Timeline();
  const shrinking = (at, width) => {
    const message = result(at * STEP, 0.3);
    message.detections[0].xmax = 0.3 + width;
    return message;
  };
  timeline.add(shrinking(0, 0.3));
  timeline.add(shrinking(1, 0.05));
  for (let since = 1; since < 12; since++) {
    const [{ xmin, xmax }] = timeline.at((1 + since) * STEP).boxes;
    assert.ok(xmin < xmax, `${since} pictures on: ${xmin} to ${xmax}`);
  }
});

test('a picture older than every result shows none', () => {
  const timeline = new Timeline();
  timeline.add(result(10 * STEP, 0.5));
  assert.equal(timeline.at(9 * STEP), null);
});

test('results that overtake each other are put in order', () => {
  const timeline = new Timeline();
  for (const i of [0, 2, 1, 4, 3]) timeline.add(result(i * STEP, i / 10));
  for (let i = 0; i < 5; i++) assert.ok(Math.abs(timeline.at(i * STEP).boxes[0].xmin - i / 10) < 1e-9);
  assert.equal(timeline.newest.rtp_timestamp, 4 * STEP);
});

test('the timestamp may wrap', () => {
  const timeline = new Timeline();
  const start = 2 ** 32 - STEP;
  timeline.add(result(start, 0.1));
  timeline.add(result(start + 2 * STEP, 0.3));
  assert.equal(ticks(start, (start + 2 * STEP) >>> 0), 2 * STEP);
  assert.ok(Math.abs(timeline.at((start + STEP) >>> 0).boxes[0].xmin - 0.2) < 1e-9);
});

test('a stream that starts anew drops what was', () => {
  const timeline = new Timeline();
  timeline.add(result(0, 0.1));
  timeline.add(result(90_000 * 1000, 0.9));
  assert.equal(timeline.at(0), null);
});

test('an outline is found a few results back, with the box it was cut at', () => {
  const timeline = new Timeline();
  timeline.add(result(0, 0.1, { mask: { track_id: 7, width: 1, height: 1, rle: [0, 1] } }));
  timeline.add(result(STEP, 0.2));
  const { message } = timeline.at(STEP);
  assert.equal(timeline.maskOf(message, 7).box.xmin, 0.1);
  assert.equal(timeline.maskOf(message, 8), null);
});

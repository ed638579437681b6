import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ByteTracker } from '../../wwwroot/js/vision/track/byte-tracker.js';
import { assign } from '../../wwwroot/js/vision/track/sparse-assignment.js';

const data = process.env.RTC_TEST_DATA;
const palace = data && existsSync(join(data, 'track/palace_det.txt')) ? join(data, 'track') : null;

const lines = (file) => readFileSync(file, 'utf8').split('\n').filter((line) => line.trim() !== '').map((line) => line.split(',').map(Number));

function framesOf(rows) {
  const frames = new Map();
  for (const [frame, , left, top, width, height, score] of rows) {
    if (!frames.has(frame)) frames.set(frame, []);
    const [l, t, r, b] = [left, top, left + width, top + height].map(Math.fround);
    frames.get(frame).push({ classId: 0, score: Math.fround(score), box: { left: l, top: t, right: r, bottom: b } });
  }
  return frames;
}

/** Each frame's ids and boxes as "frame,id" to left, top, width and height. */
function follow(frames, each = (tracker) => tracker) {
  const found = new Map();
  let tracker = new ByteTracker();
  const last = Math.max(...frames.keys());
  for (let frame = 1; frame <= last; frame++) {
    tracker = each(tracker, frame);
    for (const { id, box } of tracker.update(frames.get(frame) ?? [])) {
      found.set(`${frame},${id}`, [box.left, box.top, box.right - box.left, box.bottom - box.top]);
    }
  }
  return found;
}

const skip = palace ? false : 'RTC_TEST_DATA is not set';

test('palace detections give the published ids and boxes', { skip }, () => {
  const ours = follow(framesOf(lines(join(palace, 'palace_det.txt'))));
  const theirs = new Map(lines(join(palace, 'palace_expected.txt')).map(([frame, id, ...box]) => [`${frame},${id}`, box.slice(0, 4)]));
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
  let worst = 0;
  for (const [key, box] of theirs) box.forEach((value, at) => { worst = Math.max(worst, Math.abs(value - ours.get(key)[at])); });
  assert.ok(worst <= 0.05, `${worst} pixels apart`);
});

test('ids survive when another worker takes over in the middle', () => {
  const random = randomOf(7);
  const frames = new Map();
  for (let frame = 1; frame <= 90; frame++) {
    const boxes = [];
    for (let object = 0; object < 6; object++) {
      if (random() < 0.15) continue;
      const left = 40 + object * 110 + frame * (object % 2 ? 1 : -1) + random() * 3;
      boxes.push({ classId: 0, score: random() < 0.2 ? 0.3 : 0.9, box: { left, top: 60 + random() * 3, right: left + 50, bottom: 200 + random() * 3 } });
    }
    frames.set(frame, boxes);
  }
  const whole = follow(frames);
  const handedOver = follow(frames, (tracker, frame) => {
    if (frame % 10 !== 0) return tracker;
    const next = new ByteTracker();
    next.restore(structuredClone(tracker.save()));
    return next;
  });
  assert.ok(whole.size > 300);
  assert.deepEqual(handedOver, whole);
});

test('pairs cost the least in all, and none costs the limit', () => {
  const random = randomOf(3);
  for (let round = 0; round < 300; round++) {
    const rows = 1 + Math.floor(random() * 4);
    const columns = 1 + Math.floor(random() * 4);
    const edges = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) if (random() < 0.6) edges.push({ row, column, cost: random() * 0.8 });
    }
    const { columnOf } = assign(rows, columns, edges, 0.8);
    const costs = new Map(edges.map(({ row, column, cost }) => [`${row},${column}`, cost]));
    const total = [...columnOf].reduce((sum, column, row) => sum + (column < 0 ? 0.8 : costs.get(`${row},${column}`)), 0);
    assert.ok(Math.abs(total - least(rows, columns, costs, 0.8)) < 1e-9, `round ${round}`);
  }
});

function least(rows, columns, costs, limit, row = 0, used = new Set()) {
  if (row === rows) return 0;
  let best = limit + least(rows, columns, costs, limit, row + 1, used);
  for (let column = 0; column < columns; column++) {
    const cost = costs.get(`${row},${column}`);
    if (cost === undefined || used.has(column)) continue;
    best = Math.min(best, cost + least(rows, columns, costs, limit, row + 1, new Set([...used, column])));
  }
  return best;
}

function randomOf(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

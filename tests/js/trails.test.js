import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Trails } from '../../wwwroot/js/picture/trails.js';

const CLOCK = 90_000;
const at = (timestamp, x, id = 7) => ({
  rtp_timestamp: timestamp >>> 0,
  detections: [{ track_id: id, xmin: x - 0.1, xmax: x + 0.1, ymin: 0.4, ymax: 0.6 }],
});
const walk = (trails, from, seconds) => {
  for (let i = 0; i <= seconds * 30; i++) trails.add(at(from + i * 3000, i / 1000));
};

test('nothing is kept until trails are asked for', () => {
  const trails = new Trails();
  walk(trails, 0, 1);
  assert.deepEqual(trails.of(7, 30 * 3000), []);
});

test('a trail has the last seconds, and no place later than the picture', () => {
  const trails = Object.assign(new Trails(), { seconds: 2 });
  walk(trails, 0, 5);
  const way = trails.of(7, 4 * CLOCK);
  assert.ok(way.length > 10 && way.length < 40, `${way.length} places`);
  assert.ok(way.every(({ x }) => x * 1000 >= 60 && x * 1000 <= 120));
  assert.ok(Math.abs(way[0].y - 0.5) < 1e-9);
});

test('a trail goes on across the wrap of the timestamp', () => {
  const trails = Object.assign(new Trails(), { seconds: 2 });
  walk(trails, 2 ** 32 - CLOCK, 2);
  assert.ok(trails.of(7, CLOCK).length > 20);
});

test('a track that is gone loses its trail, a clock that began anew too', () => {
  const trails = Object.assign(new Trails(), { seconds: 1 });
  walk(trails, 0, 1);
  trails.add({ rtp_timestamp: 5 * CLOCK, detections: [] });
  assert.deepEqual(trails.of(7, CLOCK), []);
  walk(trails, 100 * CLOCK, 1);
  trails.add(at(3 * CLOCK, 0.5));
  assert.equal(trails.of(7, 3 * CLOCK).length, 1);
});

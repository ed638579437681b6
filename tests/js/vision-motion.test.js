import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Background } from '../../wwwroot/js/vision/motion/background.js';
import { findBlobs } from '../../wwwroot/js/vision/motion/blobs.js';
import { motionIn } from '../../wwwroot/js/vision/motion/motion-detector.js';
import { averages, planesOf } from '../../wwwroot/js/vision/motion/small-planes.js';

const WIDTH = 160;
const HEIGHT = 120;

/** Grey with a little noise; a square of another grey at a place, all of it by so much lighter. */
function picture(random, square, light = 1) {
  const rgba = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const inside = square && x >= square[0] && x < square[0] + 20 && y >= square[1] && y < square[1] + 30;
    const grey = ((inside ? 210 : 100) + (random() - 0.5) * 4) * light;
    rgba.set([grey, grey, grey, 255], i * 4);
  }
  return planesOf(rgba);
}

function randomOf(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** What is found in each of many pictures. */
function watch(background, pictures) {
  return pictures.map((planes) => (background.update(planes) ? motionIn(background, WIDTH, HEIGHT) : []));
}

test('what moves is found to a few pixels, and noise is not', () => {
  const random = randomOf(5);
  const background = new Background(WIDTH, HEIGHT);
  const still = watch(background, Array.from({ length: 40 }, () => picture(random)));
  assert.equal(still.flat().length, 0);
  const moving = watch(background, Array.from({ length: 40 }, (_, at) => picture(random, [20 + at * 2, 40])));
  moving.slice(2).forEach(([found, ...more], at) => {
    assert.equal(more.length, 0);
    const left = 20 + (at + 2) * 2;
    assert.ok(Math.abs(found.box.left - left) <= 3 && Math.abs(found.box.top - 40) <= 3, `${at}: ${found.box.left}`);
    assert.ok(found.score > 0.7);
  });
});

test('a change of exposure is no motion', () => {
  const random = randomOf(9);
  const background = new Background(WIDTH, HEIGHT);
  const pictures = Array.from({ length: 60 }, (_, at) => picture(random, null, 1 + Math.max(0, at - 20) * 0.01));
  assert.equal(watch(background, pictures).flat().length, 0);
  assert.equal(watch(background, Array.from({ length: 10 }, () => picture(random, null, 2))).flat().length, 0);
});

test('parts that lie close together are one, and specks are none', () => {
  const map = new Uint8Array(20 * 10);
  const fill = (left, top, right, bottom) => { for (let y = top; y < bottom; y++) map.fill(1, y * 20 + left, y * 20 + right); };
  fill(1, 1, 4, 6);
  fill(6, 1, 9, 6);
  fill(15, 5, 19, 9);
  map[9 * 20] = 1;
  const blobs = findBlobs(map, map, 20, 10, 4, 3.5);
  assert.deepEqual(blobs.map(({ left, right, pixels }) => [left, right, pixels]), [[1, 9, 30], [15, 19, 16]]);
});

test('a small plane is the mean of what each of its cells covers', () => {
  const data = Uint8Array.from({ length: 4 + 6 * 5 }, (_, at) => (at < 4 ? 255 : (at - 4) % 6 * 10));
  const plane = { data, start: 4, stride: 6, step: 1, width: 6, height: 5 };
  assert.deepEqual([...averages(plane, 3, 2, [1, 0])], [5, 25, 45, 5, 25, 45]);
  assert.deepEqual([...averages({ ...plane, step: 2, width: 3 }, 3, 1, [0.5, 8])], [8, 18, 28]);
  assert.equal(averages({ ...plane, width: 2, height: 1 }, 4, 2, [1, 0]).length, 8);
});

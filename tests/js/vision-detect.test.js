import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { select } from '../../wwwroot/js/vision/detect/candidates.js';
import { COCO, namesFor, parseNames } from '../../wwwroot/js/vision/detect/class-names.js';
import { cells, FOUR_LEVELS, THREE_LEVELS } from '../../wwwroot/js/vision/detect/grid.js';
import { recognise } from '../../wwwroot/js/vision/detect/layouts/layout.js';
import { letterbox, roundHalfEven, toPicture } from '../../wwwroot/js/vision/detect/letterbox.js';
import { imageNet, planOf, UNIT } from '../../wwwroot/js/vision/detect/tensor-plan.js';
import { readMetadata } from '../../wwwroot/js/vision/model/onnx-header.js';
import { PlanePreparer } from '../../wwwroot/js/vision/prepare/plane-preparer.js';
import { Resampler } from '../../wwwroot/js/vision/prepare/resample.js';

const SIDE = 128;
const whole = (width, height) => ({ left: 0, top: 0, right: width, bottom: height });
const values = (dims, fill = () => 0) => ({ dims, data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, at) => fill(at)) });
const near = (actual, expected) => {
  for (const key of ['left', 'top', 'right', 'bottom', 'score']) assert.ok(Math.abs(actual[key] - expected[key]) < 1e-3, `${key}: ${actual[key]} for ${expected[key]}`);
};

test('a picture lies in the input to the pixel, and boxes come back', () => {
  const map = letterbox(whole(640, 360), planOf(416, 416));
  assert.deepEqual([map.offsetX, map.offsetY, map.width, map.height], [0, 91, 416, 234]);
  const corner = letterbox(whole(640, 360), planOf(416, 416, { fit: 'corner' }));
  assert.deepEqual([corner.offsetX, corner.offsetY], [0, 0]);
  const stretched = letterbox(whole(640, 360), planOf(300, 200, { fit: 'stretch' }));
  assert.deepEqual([stretched.width, stretched.height], [300, 200]);
  const portrait = letterbox(whole(1, 4000), planOf(64, 64));
  assert.deepEqual([portrait.width, portrait.height, portrait.offsetX], [1, 64, 31]);
  for (const [width, height] of [[640, 360], [1279, 719], [33, 1000]]) {
    for (const fit of ['centre', 'corner', 'stretch']) {
      const source = { left: 7, top: 3, right: 7 + width, bottom: 3 + height };
      const there = letterbox(source, planOf(416, 320, { fit }));
      const box = { left: there.offsetX, top: there.offsetY, right: there.offsetX + there.width, bottom: there.offsetY + there.height };
      const back = toPicture(there, box);
      for (const key of ['left', 'top', 'right', 'bottom']) assert.ok(Math.abs(back[key] - source[key]) < 1e-9, `${fit} ${key}`);
    }
  }
  assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6].map(roundHalfEven), [0, 2, 2, 2, 3]);
});

/** What a plan makes of pixels. */
function numbersOf(pixels, plan, type = Float32Array) {
  const into = new type(3 * plan.width * plan.height);
  new Resampler(plan, into).fill(pixels, letterbox(whole(pixels.width, pixels.height), plan));
  return [...into];
}

test('pixels become the numbers that a plan asks for', () => {
  const pixels = { data: new Uint8ClampedArray([255, 0, 51, 255, 10, 20, 30, 255]), width: 2, height: 1 };
  assert.deepEqual(numbersOf(pixels, planOf(2, 1, { bgr: true })), [51, 30, 0, 20, 255, 10]);
  const packed = numbersOf(pixels, planOf(2, 1, { interleaved: true, scale: UNIT }));
  assert.deepEqual(packed.map((value) => Math.round(value * 255)), [255, 0, 51, 10, 20, 30]);
  assert.ok(Math.abs(numbersOf(pixels, imageNet(planOf(2, 1)))[0] - (1 - 0.485) / 0.229) < 1e-5);
  assert.deepEqual(numbersOf(pixels, planOf(2, 1), Uint8Array), [255, 10, 0, 20, 51, 30]);
});

test('scaling goes by pixel centres, and the rest is padding', () => {
  const ramp = { data: new Uint8ClampedArray(8 * 4 * 4), width: 8, height: 4 };
  for (let at = 0; at < 32; at++) ramp.data.set([(at % 8) * 10, Math.floor(at / 8) * 10, 7, 255], at * 4);
  const half = numbersOf(ramp, planOf(4, 4, { fit: 'corner', pad: 99 }));
  assert.deepEqual(half.slice(0, 8), [5, 25, 45, 65, 5, 25, 45, 65]);
  assert.deepEqual(half.slice(8, 16), new Array(8).fill(99));
  assert.deepEqual(half.slice(16, 24), [5, 5, 5, 5, 25, 25, 25, 25]);
  const centred = numbersOf(ramp, planOf(4, 4, { pad: 99 }));
  assert.deepEqual(centred.slice(0, 4), [99, 99, 99, 99]);
  assert.deepEqual(centred.slice(4, 8), [5, 25, 45, 65]);
  const larger = numbersOf(ramp, planOf(16, 8));
  assert.deepEqual(larger.slice(0, 4), [0, 2.5, 7.5, 12.5]);
  const plan = planOf(4, 4, { pad: 99 });
  const into = new Float32Array(48);
  const resampler = new Resampler(plan, into);
  resampler.fill(ramp, letterbox(whole(8, 4), plan));
  const tall = { data: new Uint8ClampedArray(4 * 8 * 4).fill(50), width: 4, height: 8 };
  resampler.fill(tall, letterbox(whole(4, 8), plan));
  assert.deepEqual([...into.slice(0, 4)], [99, 50, 50, 99], 'another shape leaves nothing of the one before');
});

test('YOLOX is read raw and with the grid applied', () => {
  const count = cells(SIDE, SIDE, THREE_LEVELS);
  const row = 16 * 16 + 8 * 8 + 4 + 2; // stride 32, second row, third column
  for (const raw of [true, false]) {
    const output = values([1, count, 85], (at) => {
      const cell = Math.floor(at / 85);
      if (!raw && at % 85 === 0 && cell < 256) return (cell % 16) * 8;
      return 0;
    });
    const box = raw ? [0.5, 0.25, Math.log(2), 0] : [80, 40, 64, 32];
    output.data.set([...box, 0.9, 0.1, 0.8], row * 85);
    const layout = recognise({ outputs: [output], plan: planOf(SIDE, SIDE) });
    assert.equal(layout.name, 'yolox');
    assert.ok(layout.plan.bgr && layout.plan.fit === 'corner');
    const [found, ...more] = layout.decode([output], 0.5);
    assert.equal(more.length, 0);
    near(found, { left: 48, top: 24, right: 112, bottom: 56, score: 0.72 });
    assert.equal(found.classId, 1);
    assert.equal(layout.decode([output], 0.73).length, 0);
  }
});

test('YOLOv5 is read with three and with four levels', () => {
  for (const levels of [THREE_LEVELS, FOUR_LEVELS]) {
    const output = values([1, 3 * cells(SIDE, SIDE, levels), 85]);
    output.data.set([50, 40, 20, 10, 0.5, 0.2, 0, 0.9], 7 * 85);
    const layout = recognise({ outputs: [output, values([1, 3, 16, 16, 85])], plan: planOf(SIDE, SIDE) });
    assert.equal(layout.name, 'yolov5');
    const [found] = layout.decode([output], 0.4);
    near(found, { left: 40, top: 35, right: 60, bottom: 45, score: 0.45 });
    assert.equal(found.classId, 2);
  }
});

test('YOLOv8 is read by columns, its mask coefficients left aside', () => {
  const count = cells(SIDE, SIDE, THREE_LEVELS);
  for (const coefficients of [0, 32]) {
    const rows = 84 + coefficients;
    const output = values([1, rows, count]);
    const put = (row, value) => { output.data[row * count + 9] = value; };
    [64, 60, 30, 20].forEach((value, row) => put(row, value));
    put(4 + 3, 0.7);
    if (coefficients) put(84, 40);
    const outputs = coefficients ? [output, values([1, 32, 32, 32])] : [output];
    const layout = recognise({ outputs, plan: planOf(SIDE, SIDE) });
    assert.equal(layout.name, coefficients ? 'yolov8-seg' : 'yolov8');
    assert.equal(layout.classCount, 80);
    const [found, ...more] = layout.decode(outputs, 0.5);
    assert.equal(more.length, 0);
    near(found, { left: 49, top: 50, right: 79, bottom: 70, score: 0.7 });
    assert.deepEqual([found.classId, found.source], [3, 9]);
  }
});

test('end-to-end models have chosen, and unknown outputs are refused', () => {
  const output = values([1, 300, 6]);
  output.data.set([1, 2, 30, 40, 0.8, 5], 6);
  const layout = recognise({ outputs: [output], plan: planOf(SIDE, SIDE) });
  assert.ok(layout.choosesItself);
  assert.deepEqual(layout.decode([output], 0.5).map(({ classId }) => classId), [5]);
  assert.equal(recognise({ outputs: [values([1, 17, 9])], plan: planOf(SIDE, SIDE) }), null);
  assert.equal(recognise({ outputs: [], plan: planOf(SIDE, SIDE) }), null);
});

test('the best of each class suppresses what overlaps it', () => {
  const box = (left, score, classId = 0) => ({ left, top: 0, right: left + 10, bottom: 10, score, classId, source: 0 });
  const kept = select([box(1, 0.6), box(0, 0.9), box(2, 0.8, 1), box(30, 0.3)], 0.45, 10);
  assert.deepEqual(kept.map(({ score }) => score), [0.9, 0.8, 0.3]);
  assert.equal(select([box(0, 0.9), box(1, 0.6)], 1, 10).length, 2);
  assert.equal(select([box(0, 0.9), box(30, 0.6)], 0.45, 1).length, 1);
  const broken = [{ ...box(0, 0.9), right: NaN }, { ...box(0, 0.9), right: -5 }, { ...box(0, NaN) }, { ...box(0, 0.9), bottom: Infinity }];
  assert.deepEqual(select(broken, 0.45, 10), []);
});

test('class names come from the metadata or the list of that length', () => {
  assert.deepEqual(parseNames("{0: 'red thing', 1: \"o'clock\", 3: 'it\\'s'}"), ['red thing', "o'clock", 'class 2', "it's"]);
  assert.deepEqual(parseNames("['a', 'b']"), ['a', 'b']);
  assert.deepEqual(parseNames('{"0":"x","1":"y"}'), ['x', 'y']);
  assert.deepEqual(parseNames('a, b\nc'), ['a', 'b', 'c']);
  for (const bad of ['', '{}', '{1000000: "x"}', '[]', '{x']) assert.equal(parseNames(bad), null);
  assert.equal(namesFor(new Map(), 80), COCO);
  assert.equal(COCO.length, 80);
  assert.deepEqual(namesFor(new Map([['names', "{0: 'one'}"]]), 2), ['class 0', 'class 1']);
});

const data = process.env.RTC_TEST_DATA;
const segmenter = data && join(data, 'models/agpl_yolov8n-seg_int8.onnx');
test('metadata are read out of a real file, and cut-off ones are refused', { skip: segmenter && existsSync(segmenter) ? false : 'RTC_TEST_DATA is not set' }, () => {
  const bytes = readFileSync(segmenter);
  const metadata = readMetadata(bytes);
  assert.equal(namesFor(metadata, 80)[0], 'person');
  for (const length of [0, 1, 7, 100, bytes.length - 1]) assert.equal(readMetadata(bytes.subarray(0, length)), null);
});

test('bytes that are no model are refused and never loop', () => {
  let state = 11;
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: round % 64 }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
    readMetadata(bytes);
  }
  assert.equal(readMetadata(new TextEncoder().encode('<!doctype html><title>no model</title>')), null);
});

/** Planes as a video's picture has them, of one colour each half. */
function planesOf(width, height, step, luma, chroma) {
  const across = (width + 1) >> 1;
  const down = (height + 1) >> 1;
  const data = new Uint8Array(width * height + 2 * across * down);
  const start = width * height;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[y * width + x] = luma(x, y);
  const place = (x, y, second) => (step === 2 ? start + (y * across + x) * 2 + second : start + second * across * down + y * across + x);
  for (let y = 0; y < down; y++) for (let x = 0; x < across; x++) [0, 1].forEach((second) => { data[place(x, y, second)] = chroma(x, y)[second]; });
  const plane = (second) => ({ data, start: place(0, 0, second), stride: across * step, step, width: across, height: down });
  return { luma: { data, start: 0, stride: width, step: 1, width, height }, u: plane(0), v: plane(1) };
}

test('planes become the colours that they stand for, packed or apart', () => {
  const session = { pictureTensor: ({ width, height }) => ({ data: new Float32Array(3 * width * height), tensor: null }) };
  const fill = (plan, planes, space) => {
    let data;
    const preparer = new PlanePreparer({ pictureTensor: (wanted) => ({ ...session.pictureTensor(wanted), data: (data = new Float32Array(3 * wanted.width * wanted.height)) }) }, plan);
    const { width, height } = planes.luma;
    preparer.fill(planes, whole(width, height), letterbox(whole(width, height), plan), space);
    return [...data].map(Math.round);
  };
  for (const step of [1, 2]) {
    // Studio white, then red as BT.601 and BT.709 write it.
    const white = planesOf(4, 4, step, () => 235, () => [128, 128]);
    assert.deepEqual(fill(planOf(2, 2), white, { matrix: null, fullRange: false }), new Array(12).fill(255));
    const red601 = planesOf(4, 4, step, () => 81, () => [90, 240]);
    const [r, , , , g, , , , b] = fill(planOf(2, 2), red601, { matrix: 'smpte170m', fullRange: false });
    assert.ok(r >= 253 && g <= 2 && b <= 2, `${r} ${g} ${b}`);
    const red709 = planesOf(4, 4, step, () => 63, () => [102, 240]);
    const [r7, , , , g7, , , , b7] = fill(planOf(2, 2), red709, { matrix: 'bt709', fullRange: false });
    assert.ok(r7 >= 253 && g7 <= 2 && b7 <= 2, `${r7} ${g7} ${b7}`);
  }
  // Grey goes the way of the pixels: the same scaling, the same padding.
  const ramp = planesOf(8, 4, 1, (x, y) => x * 10 + y, () => [128, 128]);
  const pixels = { data: new Uint8ClampedArray(8 * 4 * 4), width: 8, height: 4 };
  for (let at = 0; at < 32; at++) pixels.data.fill((at % 8) * 10 + Math.floor(at / 8), at * 4, at * 4 + 4);
  for (const plan of [planOf(4, 4), planOf(6, 6, { fit: 'corner', bgr: true }), planOf(12, 12, { interleaved: true })]) {
    const expected = numbersOf(pixels, plan);
    fill(plan, ramp, { fullRange: true }).forEach((value, at) => assert.ok(Math.abs(value - expected[at]) <= 0.51, `${at}: ${value} for ${expected[at]}`));
  }
});

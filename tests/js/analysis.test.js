import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectsAt, trackNumber } from '../../wwwroot/js/analysis/between.js';
import { classesOf, countsOf } from '../../wwwroot/js/analysis/counts.js';
import { FrameStore } from '../../wwwroot/js/analysis/frame-store.js';
import { optionsOf, parseLabels, within } from '../../wwwroot/js/analysis/job-options.js';
import { lanesOf, visibleOf } from '../../wwwroot/js/analysis/lanes.js';
import { cropOf } from '../../wwwroot/js/analysis/mask-crop.js';
import { ObjectFilter } from '../../wwwroot/js/analysis/object-filter.js';
import { followJob } from '../../wwwroot/js/analysis/result-api.js';
import { Seeker } from '../../wwwroot/js/analysis/seeker.js';
import { TimeScale } from '../../wwwroot/js/analysis/time-scale.js';
import { analysisText } from '../../wwwroot/js/ui/analysis-text.js';

const FPS = 25;
const HALF = 0.5 / FPS;
const box = (x, y = 0) => ({ x, y, width: 10, height: 20 });
const person = (x, track = 'obj_001', confidence = 0.9) => ({ class: 'person', confidence, bbox: box(x), track_id: track });
const frame = (number, detections = []) => ({ frame_number: number, timestamp_seconds: Math.round((number / FPS) * 1e4) / 1e4, detections });

/** A server that has a frame every `step` pictures, and remembers what it was asked. */
class FakeResults {
  asked = [];
  constructor(total, step) {
    this.frames = Array.from({ length: Math.ceil(total / step) }, (_, i) => frame(i * step, [person(i)]));
  }
  load = async (from, to, limit) => {
    this.asked.push([from, to]);
    const frames = this.frames.filter(({ frame_number: n }) => n >= from && n <= to).slice(0, limit);
    return { frames, next: frames.length === limit ? frames.at(-1).frame_number : null };
  };
}

test('all frames come, each once and in order, from wherever the player is', async () => {
  for (const places of [[0], [9_000], [4_321, 100, 8_000, 0, 9_999]]) {
    const server = new FakeResults(10_000, 5);
    const store = new FrameStore(server.load);
    for (let turn = 0; !store.isComplete; turn++) {
      await store.loadNext(places[turn % places.length]);
      assert.ok(turn < 20, `turns for ${places}`);
    }
    assert.deepEqual(store.frames.map(({ frame_number: n }) => n), server.frames.map(({ frame_number: n }) => n));
    assert.ok(server.asked[0][0] <= places[0] && server.asked[0][0] >= places[0] - 60, `${server.asked[0]}`);
    assert.equal(store.step, 5);
  }
});

test('the place that is wanted comes first, and nothing is taken for whole across a gap', async () => {
  const server = new FakeResults(10_000, 5);
  const store = new FrameStore(server.load);
  await store.loadNext(0);
  await store.loadNext(9_000);
  const last = store.at(2_495 / FPS, HALF);
  assert.equal(last.before.frame_number, 2_495);
  assert.equal(last.after, null);
  assert.equal(store.at(9_002 / FPS, HALF).after.frame_number, 9_005);
  assert.equal(store.isComplete, false);
});

test('frames of a job that runs come as they are written', async () => {
  const server = new FakeResults(1_000, 5);
  const all = server.frames;
  server.frames = [];
  const store = new FrameStore(server.load, true);
  assert.equal(await store.loadNext(0), false);
  for (const count of [3, 3, 150, 200]) {
    server.frames = all.slice(0, count);
    for (let turn = 0; turn < 9 && await store.loadNext(0); turn++);
    assert.equal(store.frames.length, count);
    assert.equal(store.isComplete, false);
  }
  assert.deepEqual(store.frames, all);
});

test('a page that failed is asked for again', async () => {
  const server = new FakeResults(100, 5);
  let failures = 1;
  const store = new FrameStore(async (...asked) => {
    if (failures-- > 0) throw new Error('away');
    return server.load(...asked);
  });
  await assert.rejects(store.loadNext(50));
  for (let turn = 0; !store.isComplete && turn < 9; turn++) await store.loadNext(50);
  assert.ok(store.isComplete);
  assert.equal(store.frames.length, 20);
});

test('a picture that was looked at has exactly what was found on it', () => {
  const before = frame(10, [person(10), { ...person(5, null), class: 'dog' }]);
  const frames = { before, after: frame(15, [person(60)]) };
  for (const seconds of [10 / FPS, 10 / FPS + 0.015, 10 / FPS - 0.015]) {
    const shown = objectsAt(frames, seconds, HALF);
    assert.deepEqual(shown.map(({ bbox, isBetween, frame: number }) => [bbox.x, isBetween, number]), [[10, false, 10], [5, false, 10]]);
  }
});

test('between two a tracked object is on its way and any other on the nearer frame', () => {
  const frames = {
    before: frame(10, [person(10), person(100, null)]), after: frame(20, [person(60), person(300, null), person(500, 'obj_002')]),
  };
  const early = objectsAt(frames, 12 / FPS, HALF);
  assert.deepEqual(early.map(({ bbox }) => Math.round(bbox.x)), [20, 100]);
  assert.ok(early.every(({ isBetween, frame: number }) => isBetween && number === 10));
  const late = objectsAt(frames, 18 / FPS, HALF);
  assert.deepEqual(late.map(({ bbox, frame: number }) => [Math.round(bbox.x), number]), [[50, 20], [300, 20], [500, 20]]);
  assert.deepEqual(objectsAt({ before: frames.before, after: null }, 12 / FPS, HALF), []);
});

test('ids of tracks are read as numbers', () => {
  assert.deepEqual(['obj_007', 'obj_1234', null, 'odd'].map(trackNumber), [7, 1234, 0, 0]);
});

test('counts are means of the frames of their part', () => {
  const frames = [frame(0, [person(1), person(2)]), frame(10, [person(1)]), frame(25, [{ ...person(1), class: 'dog' }]), frame(30)];
  const { classes, byClass, top, frames: seen } = countsOf(frames, () => true, 0, 2, 2);
  assert.deepEqual(classes, ['dog', 'person']);
  assert.deepEqual([...byClass.get('person')], [1.5, 0]);
  assert.deepEqual([...byClass.get('dog')], [0, 0.5]);
  assert.deepEqual([top, [...seen]], [1.5, [2, 2]]);
  assert.deepEqual(countsOf(frames, () => false, 0, 2, 2).classes, []);
  assert.deepEqual([...classesOf(frames)], [['person', 3], ['dog', 1]]);
});

test('the filter goes by class, confidence and track', () => {
  const filter = new ObjectFilter();
  const shown = () => [person(1), person(2, 'obj_002', 0.4), { ...person(3), class: 'dog' }].map((one) => filter.shows(one));
  assert.deepEqual(shown(), [true, true, true]);
  filter.minConfidence = 0.5;
  assert.deepEqual(shown(), [true, false, true]);
  filter.hidden.add('dog');
  assert.deepEqual(shown(), [true, false, false]);
  [filter.minConfidence, filter.track] = [0, 'obj_002'];
  assert.deepEqual(shown(), [false, true, false]);
});

test('bars share lanes and never lie on each other', () => {
  const tracks = Array.from({ length: 3_000 }, (_, i) => {
    const start = (i * 7919) % 20_000;
    return { track_id: `obj_${i}`, class: 'person', start_frame: start, end_frame: start + 20 + ((i * 31) % 200), avg_confidence: 0.8 };
  });
  const lanes = lanesOf(tracks);
  assert.equal(lanes.flat().length, tracks.length);
  assert.ok(lanes.length < 60, `${lanes.length} lanes`);
  for (const lane of lanes) for (let i = 1; i < lane.length; i++) assert.ok(lane[i - 1].end_frame < lane[i].start_frame);
  for (const [from, to] of [[0, 20_000], [5_000, 5_100], [30_000, 40_000]]) {
    const met = tracks.filter(({ start_frame: start, end_frame: end }) => end >= from && start <= to).length;
    assert.equal(lanes.flatMap((lane) => visibleOf(lane, from, to)).length, met);
  }
});

test('the scale zooms about a place, stays within the video and follows it', () => {
  const scale = new TimeScale(100);
  scale.width = 1_000;
  assert.deepEqual([scale.x(50), scale.seconds(250), scale.isWhole], [500, 25, true]);
  scale.zoom(4, 50);
  assert.ok(Math.abs(scale.x(50) - 500) < 1e-9);
  assert.deepEqual([scale.from, scale.to], [37.5, 62.5]);
  assert.equal(scale.follow(40), false);
  assert.equal(scale.follow(90), true);
  assert.ok(scale.from <= 90 && scale.to >= 90 && scale.to <= 100);
  scale.pan(-1_000);
  assert.equal(scale.from, 0);
  scale.zoom(1e-9, 3);
  assert.deepEqual([scale.from, scale.to], [0, 100]);
  scale.zoom(1e9, 3);
  assert.ok(scale.to - scale.from >= 0.5);
});

test('ticks are round and far enough apart to be read', () => {
  for (const duration of [0.5, 9, 61, 3_600, 40_000]) {
    for (const width of [300, 1_200]) {
      const scale = Object.assign(new TimeScale(duration), { width });
      const ticks = scale.ticks();
      assert.ok(ticks.length >= 1 && ticks.length <= width / 60, `${duration} s on ${width}: ${ticks.length}`);
      assert.ok(ticks.every((tick) => tick >= 0 && tick <= duration + 1e-9));
    }
  }
});

test('an outline is cut down to where it is', () => {
  // Of 6 × 4 pixels: columns 2 and 3 of row 1, all of row 2 from column 1 on.
  const crop = cropOf('8,2,3,5,6', 6, 4);
  assert.deepEqual([crop.left, crop.top, crop.width, crop.height], [1, 1, 5, 2]);
  assert.deepEqual([...crop.alpha].map(Number).map(Boolean).map(Number), [0, 1, 1, 0, 0, 1, 1, 1, 1, 1]);
  const wrapped = cropOf('5,2,17', 6, 4);
  assert.deepEqual([wrapped.left, wrapped.top, wrapped.width, wrapped.height], [0, 0, 6, 2]);
  assert.equal([...wrapped.alpha].filter(Boolean).length, 2);
});

test('counts that are damaged make no outline', () => {
  for (const rle of ['', '24', '8,2,3,5,7', '8,-2,18', '8,2.5,13.5', 'x,1', '0,0,24', '8,2']) assert.equal(cropOf(rle, 6, 4), null, rle);
  assert.equal(cropOf('4,4', 1e6, 1e6), null);
  assert.equal(cropOf('0,24', 6, 4).alpha.length, 24);
});

test('any outline comes back pixel by pixel', () => {
  for (let seed = 1; seed < 40; seed++) {
    const [width, height] = [3 + (seed % 9), 2 + (seed % 7)];
    const pixels = Array.from({ length: width * height }, (_, i) => Number(((i * 2654435761 + seed * 40503) >>> 7) % 3 === 0));
    const counts = [0];
    for (const [i, pixel] of pixels.entries()) {
      if (pixel === (counts.length + 1) % 2) counts[counts.length - 1]++;
      else counts.push(1);
      assert.ok(i >= 0);
    }
    const crop = cropOf(counts.join(','), width, height);
    if (!pixels.includes(1)) continue;
    const back = Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [(i % width) - crop.left, Math.floor(i / width) - crop.top];
      return x >= 0 && y >= 0 && x < crop.width && y < crop.height ? Number(crop.alpha[y * crop.width + x] > 0) : 0;
    });
    assert.deepEqual(back, pixels, `seed ${seed}`);
  }
});

test('a job is followed past an answer that was no stream, until it is over', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const streams = [];
  globalThis.EventSource = class extends EventTarget {
    static CLOSED = 2;
    readyState = 1;
    constructor() {
      super();
      streams.push(this);
    }
    close() { this.readyState = 2; }
    end(readyState) {
      this.readyState = readyState;
      this.dispatchEvent(new Event('error'));
    }
    say(status) {
      this.dispatchEvent(new MessageEvent('job', { data: JSON.stringify({ status }) }));
    }
  };
  const heard = [];
  const end = followJob('j', ({ status }) => heard.push(status));
  streams[0].end(0);
  t.mock.timers.tick(10_000);
  assert.equal(streams.length, 1, 'a browser comes back to a lost connection by itself');
  streams[0].end(2);
  t.mock.timers.tick(10_000);
  assert.equal(streams.length, 2);
  streams[1].say('completed');
  assert.deepEqual([heard, streams[1].readyState], [['completed'], 2]);
  streams[1].end(2);
  end();
  t.mock.timers.tick(10_000);
  assert.equal(streams.length, 2);
});

test('the form asks for what the server knows', () => {
  assert.deepEqual(parseLabels('bottle = product\n\n cup → product \ncar: vehicle'),
    { labels: { bottle: 'product', cup: 'product', car: 'vehicle' }, wrong: null });
  assert.equal(parseLabels('bottle product').wrong, 'bottle product');
  assert.equal(parseLabels('= product').wrong, '= product');
  const choice = { model: 'auto', every: 5, confidence: 0.5, masks: true, scenes: 'cuts', labels: {}, region: null };
  assert.deepEqual(optionsOf(choice), { model: 'auto', sample_every: 5, confidence: 0.5, masks: true, scenes: 'cuts' });
  assert.deepEqual(optionsOf({ ...choice, labels: { bottle: 'product' }, region: { left: 25, top: 7, width: 50, height: 29 } }), {
    model: 'auto', sample_every: 5, confidence: 0.5, masks: true, scenes: 'cuts', label_map: { bottle: 'product' },
    region: { x: 0.25, y: 0.07, width: 0.5, height: 0.29 },
  });
});

test('a region stays in the picture', () => {
  assert.deepEqual(within({ left: -5, top: 120, width: 300, height: 0 }), { left: 0, top: 99, width: 100, height: 1 });
  assert.deepEqual(within({ left: NaN, top: 10.4, width: NaN, height: 50 }), { left: 0, top: 10, width: 1, height: 50 });
});

test('a video goes from picture to picture, and only to the last that was asked for', () => {
  const video = Object.assign(new EventTarget(), { seeking: false, readyState: 4, duration: 10, set: [] });
  Object.defineProperty(video, 'currentTime', { set: (seconds) => { video.set.push(seconds); video.seeking = true; } });
  const seeker = new Seeker(video, FPS);
  seeker.to(3 / FPS);
  for (const number of [4, 5, 6]) seeker.to(number / FPS);
  video.seeking = false;
  video.dispatchEvent(new Event('seeked'));
  assert.deepEqual(video.set, [3.5 / FPS, 6.5 / FPS]);
  video.seeking = false;
  video.dispatchEvent(new Event('seeked'));
  seeker.to(99);
  assert.deepEqual(video.set.slice(2), [10 - HALF]);
  seeker.close();
});

test('any picture is met in its middle, however its time was written', () => {
  for (const fps of [24, 25, 29.97, 30, 59.94]) {
    const video = Object.assign(new EventTarget(), { seeking: false, readyState: 4, duration: 1e6, currentTime: 0 });
    const seeker = new Seeker(video, fps);
    for (let number = 0; number < 5_000; number += 7) {
      seeker.to(number / fps);
      assert.equal(Math.floor(video.currentTime * fps), number);
    }
  }
});

test('times of pictures are said to the hundredth', () => {
  assert.equal(analysisText.place(0, 0), '0:00.00 · picture 0');
  assert.equal(analysisText.place(61.24, 1531), '1:01.24 · picture 1531');
  assert.equal(analysisText.place(59.999, 1500), '0:59.99 · picture 1500');
  assert.deepEqual(analysisText.facts({ frames: 1, detections: 1204, tracks: 1, scenes: 2 }),
    ['1,204 objects', '1 track', '2 scenes', '1 picture looked at']);
});

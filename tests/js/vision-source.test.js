import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateCount } from '../../wwwroot/js/focus/rate-count.js';
import { adapterName, isSoftware } from '../../wwwroot/js/vision/model/adapter.js';
import { medianOf, timeRuns } from '../../wwwroot/js/vision/provider-probe.js';
import { Pace } from '../../wwwroot/js/vision/source/pace.js';
import { CameraClock, FileClock, ticksOf } from '../../wwwroot/js/vision/source/stamps.js';
import { TrackSource } from '../../wwwroot/js/vision/source/track-source.js';
import { HeldTarget } from '../../wwwroot/js/vision/track/held-target.js';
import { PictureTracker } from '../../wwwroot/js/vision/track/picture-tracker.js';

test('a file that begins again goes on later, never earlier', () => {
  const clock = new FileClock();
  const stamps = [0, 0.04, 5, 5.04, 0, 0.04, 3, 1].map((at) => clock.stampMs(at));
  for (let at = 1; at < stamps.length; at++) assert.ok(stamps[at] > stamps[at - 1]);
  assert.ok(stamps[4] - stamps[3] >= 10_000);
  assert.ok(Math.abs(stamps[5] - stamps[4] - 40) < 1e-6);
  assert.equal(ticksOf(2 ** 32 / 90 + 1), 90);
});

test('the clock of a camera’s pictures is found to that of the screen', () => {
  const clock = new CameraClock();
  for (let picture = 0; picture < 40; picture++) {
    const captured = 1000 + picture * 33.3;
    const frame = captured + 38_893_413.8;
    clock.shown(captured);
    const learned = clock.captureMs(frame, captured + 1 + (picture % 5));
    assert.ok(Math.abs(learned - captured) < 0.01, `${learned} for ${captured}`);
  }
  // Another camera: its pictures count from elsewhere.
  clock.shown(5000);
  assert.ok(Math.abs(clock.captureMs(77, 5001) - 5000) < 0.01);
  // Nothing on show yet: when it came is near enough.
  assert.equal(new CameraClock().captureMs(1, 42), 42);
});

test('a pace takes so many pictures a second, evenly', () => {
  for (const [wanted, offered] of [[5, 30], [10, 60], [15, 30], [24, 30], [30, 30], [30, 10]]) {
    const pace = new Pace(wanted);
    const taken = [];
    for (let at = 0; at < 10_000; at += 1000 / offered) if (pace.takes(at)) taken.push(at);
    const expected = Math.min(wanted, offered) * 10;
    assert.ok(Math.abs(taken.length - expected) <= 1 + expected * 0.06, `${wanted} of ${offered}: ${taken.length}`);
    assert.ok(taken[0] === 0);
  }
  const pace = new Pace(5);
  pace.takes(100_000);
  assert.ok(pace.takes(0), 'a clock that was set back');
});

test('a camera’s pictures not taken are closed, and the newest counts', async () => {
  const open = new Set();
  const picture = (at) => {
    const frame = { at, close: () => open.delete(frame) };
    open.add(frame);
    return frame;
  };
  const { readable, writable } = new TransformStream(undefined, undefined, { highWaterMark: 8 });
  let heard = 0;
  const source = new TrackSource(readable, () => heard++);
  const writer = writable.getWriter();
  for (let at = 0; at < 4; at++) await writer.write(picture(at));
  while (heard < 4) await new Promise(setImmediate);
  const taken = source.take();
  assert.equal(taken.picture.at, 3);
  assert.equal(source.take(), null);
  assert.equal(open.size, 1);
  taken.picture.close();
  source.close();
  await writer.write(picture(9)).catch(() => open.clear());
  await new Promise(setImmediate);
  assert.equal(open.size, 0);
});

const person = (id, xmin, ymin, xmax, ymax, label = 'person') => ({ track_id: id, label, score: 0.9, xmin, ymin, xmax, ymax, predicted: false });

test('a tap holds, the same again lets go, another switches', () => {
  const target = new HeldTarget();
  const boxes = [person(1, 0, 0, 0.9, 0.9), person(2, 0.4, 0.4, 0.6, 0.6)];
  assert.equal(target.tap(boxes, 0.5, 0.5, 0), 'held');
  assert.equal(target.id, 2, 'the smaller of two');
  assert.equal(target.tap(boxes, 0.1, 0.1, 10), 'held');
  assert.equal(target.id, 1);
  assert.equal(target.tap(boxes, 0.95, 0.95, 20), 'nothing');
  assert.equal(target.id, 1);
  assert.equal(target.tap([boxes[0]], 0.5, 0.5, 30), 'released');
  assert.equal(target.id, null);
});

test('what is held survives a moment out of sight and is found again', () => {
  const target = new HeldTarget();
  target.hold(person(1, 0.1, 0.1, 0.3, 0.5), 0);
  const away = target.update([], 1_000);
  assert.deepEqual(away.map(({ track_id: id, predicted }) => [id, predicted]), [[1, true]]);
  target.update([person(7, 0.12, 0.1, 0.32, 0.5, 'dog'), person(8, 0.7, 0.1, 0.9, 0.5)], 1_500);
  assert.equal(target.id, 1, 'neither another class nor another place');
  const back = target.update([person(9, 0.12, 0.1, 0.32, 0.5)], 2_000);
  assert.equal(target.id, 9);
  assert.equal(back.length, 1);
  assert.deepEqual(target.update([], 6_000), []);
  assert.equal(target.id, null);
});

test('boxes keep their ids over a change of size and lose them in a jump', () => {
  const tracker = new PictureTracker(0.5);
  const seen = (scale, stampMs) => tracker.update(
    [{ classId: 0, score: 0.9, box: { left: 100 * scale, top: 50 * scale, right: 200 * scale, bottom: 250 * scale } }], 640 * scale, 360 * scale, stampMs, ['person'],
  );
  const [first] = seen(1, 0);
  assert.equal(first.label, 'person');
  assert.ok(Math.abs(first.xmin - 100 / 640) < 1e-3);
  for (let picture = 1; picture < 10; picture++) assert.equal(seen(picture % 2 ? 0.5 : 1, picture * 66)[0].track_id, first.track_id);
  assert.notEqual(seen(1, 60_000)[0].track_id, first.track_id);
  assert.notEqual(seen(1, 0)[0].track_id, first.track_id);
});

test('a provider is timed by the middle of ten runs, and slow ones by fewer', async () => {
  assert.equal(medianOf([5, 1, 9]), 5);
  assert.equal(medianOf([4, 1, 9, 2]), 3);
  let clock = 0;
  let runs = 0;
  const median = await timeRuns(async () => { clock += runs++ === 0 ? 900 : 20; }, () => clock);
  assert.deepEqual([median, runs], [20, 11]);
  runs = 0;
  await timeRuns(async () => { clock += 3_000; runs++; }, () => clock);
  assert.equal(runs, 3);
});

test('a processor that draws is not called a graphics chip', () => {
  for (const info of [
    { vendor: 'google', architecture: 'swiftshader' }, { description: 'SwiftShader Device (LLVM 10.0.0)' }, { description: 'llvmpipe (LLVM 15)' },
    { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, { vendor: 'nvidia', isFallbackAdapter: true },
  ]) assert.ok(isSoftware(info), JSON.stringify(info));
  for (const info of [{ vendor: 'nvidia', architecture: 'ampere' }, { vendor: 'apple', architecture: 'metal-3' }, { vendor: 'intel', architecture: 'gen-12lp' }, {}]) {
    assert.ok(!isSoftware(info), JSON.stringify(info));
  }
  assert.equal(adapterName({ vendor: 'nvidia', architecture: 'ampere' }), 'nvidia ampere');
  assert.equal(adapterName({}), 'unnamed adapter');
});

test('a rate is that of the last two seconds', () => {
  const rate = new RateCount();
  for (let at = 0; at <= 4000; at += 50) rate.add(at);
  assert.ok(Math.abs(rate.perSecond(4000) - 20) < 0.6);
  assert.equal(rate.perSecond(9000), 0);
});

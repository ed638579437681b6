import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../wwwroot/js/session/backoff.js';
import { Effects } from '../../wwwroot/js/picture/effects.js';
import { fit, toFraction } from '../../wwwroot/js/overlay/fit.js';
import { heatColours } from '../../wwwroot/js/overlay/heat-colours.js';
import { JitterTarget } from '../../wwwroot/js/picture/jitter-target.js';
import { colourOf, toneOf } from '../../wwwroot/js/overlay/palette.js';
import { unroll } from '../../wwwroot/js/picture/mask-runs.js';
import { curve, niceTop, Series } from '../../wwwroot/js/panels/series.js';
import { boxesAlpha, placement, soften } from '../../wwwroot/js/picture/mask-blur.js';
import { Timeline } from '../../wwwroot/js/picture/timeline.js';
import { TrackLog } from '../../wwwroot/js/panels/track-log.js';
import { asMessage, readMessage } from '../../wwwroot/js/session/messages.js';

test('run lengths unroll row by row, zeros first', () => {
  assert.deepEqual([...unroll({ track_id: 1, width: 3, height: 2, rle: [1, 2, 3] })], [0, 255, 255, 0, 0, 0]);
});

test('run lengths that do not fill the mask, or are none, are refused', () => {
  for (const rle of [[5], [7], [3, -1, 4], [1.5, 4.5], 'x', [6, NaN]]) {
    assert.equal(unroll({ track_id: 1, width: 3, height: 2, rle }), null, JSON.stringify(rle));
  }
  assert.equal(unroll({ track_id: 1, width: 1e6, height: 1e6, rle: [1e12] }), null);
  assert.equal(unroll({ track_id: 1, width: 0, height: 2, rle: [] }), null);
});

test('what is no message is null', () => {
  for (const data of ['', '{', 'null', '[]', '"stats"', '{"type":"later"}', '{"type":"detections"}', new ArrayBuffer(3)]) {
    assert.equal(readMessage(data), null);
  }
  assert.equal(readMessage('{"type":"stats","age_ms":3,"later":1}').age_ms, 3);
  assert.equal(asMessage('settings', { mode: 'plain' }).settings.mode, 'plain');
});

test('a picture is fitted and a point found in it', () => {
  const rect = fit(1000, 500, 640, 480);
  for (const [key, value] of Object.entries({ left: 1000 / 6, top: 0, width: 2000 / 3, height: 500 })) assert.ok(Math.abs(rect[key] - value) < 1e-9, key);
  assert.deepEqual(toFraction(rect, 500, 250), { x: 0.5, y: 0.5 });
  assert.equal(toFraction(rect, 10, 250), null);
  assert.ok(Math.abs(toFraction(rect, rect.left + rect.width * 0.25, 0, true).x - 0.75) < 1e-9);
});

test('neighbours differ in colour, and twenty are all different', () => {
  for (let id = 0; id < 20; id++) {
    const [a, b] = [toneOf(id), toneOf(id + 1)];
    const gap = Math.abs(a.hue - b.hue);
    assert.ok(Math.min(gap, 360 - gap) > 60 || a.lightness !== b.lightness, `${id}`);
  }
  assert.equal(new Set(Array.from({ length: 20 }, (_, id) => colourOf(id))).size, 20);
  assert.equal(colourOf(27), colourOf(7));
});

test('waits double up to eight seconds and begin anew', () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 7 }, () => backoff.next(() => 0.5));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
  backoff.reset();
  assert.equal(backoff.next(() => 0), 375);
});

test('a series keeps the last readings in order', () => {
  const series = new Series(3);
  for (const value of [1, 2, 3, 4]) series.push(value);
  assert.deepEqual([0, 1, 2].map((i) => series.at(i)), [2, 3, 4]);
  assert.equal(series.max, 4);
  series.push(NaN);
  assert.equal(curve(series, 100, 10, 4)[2], null);
  assert.deepEqual(curve(series, 100, 10, 4)[1], { x: 50, y: 0 });
});

test('a scale ends at one, two or five', () => {
  assert.deepEqual([0, 0.3, 1, 1.1, 4, 7, 30, 101].map(niceTop), [1, 0.5, 1, 2, 5, 10, 50, 200]);
});

test('a softened mask keeps its middle and loses its edge', () => {
  const hard = new Uint8Array(81);
  for (let y = 3; y < 6; y++) hard.fill(255, y * 9 + 3, y * 9 + 6);
  const soft = soften(hard, 9, 9);
  assert.equal(soft[4 * 9 + 4], 255);
  assert.ok(soft[4 * 9 + 2] > 0 && soft[4 * 9 + 2] < 255);
  assert.equal(soft[0], 0);
});

test('a mask moves with its box', () => {
  const [x, , sx] = placement({ xmin: 0.2, ymin: 0, xmax: 0.4, ymax: 1 }, { xmin: 0.5, ymin: 0, xmax: 0.7, ymax: 1 });
  assert.ok(Math.abs(x + 0.5 * sx - 0.2) < 1e-9);
  const wide = placement({ xmin: 0, ymin: 0, xmax: 0.1, ymax: 0.1 }, { xmin: 0, ymin: 0, xmax: 0.9, ymax: 0.1 });
  assert.equal(wide[2], 0.5);
});

test('boxes that stick out are painted where the picture is', () => {
  const { alpha } = boxesAlpha([{ xmin: -1, ymin: 0.5, xmax: 0.5, ymax: 9 }, { xmin: 2, ymin: 0, xmax: 3, ymax: 1 }], 4, 4);
  assert.deepEqual([...alpha].map((value) => value / 255), [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
});

test('focus takes the outline, else an ellipse; without an object nothing', () => {
  const timeline = new Timeline();
  const box = { track_id: 1, label: 'person', score: 1, xmin: 0.2, ymin: 0.2, xmax: 0.4, ymax: 0.4, predicted: false };
  const settings = { mode: 'focus', blur: 0.7 };
  const message = { type: 'detections', rtp_timestamp: 0, target_id: 1, detections: [box], mask: { track_id: 1, width: 2, height: 2, rle: [0, 4] } };
  timeline.add(message);
  assert.equal(new Effects().of(settings, timeline.at(0), timeline).alpha.width, 2);
  timeline.clear();
  timeline.add({ ...message, mask: null });
  assert.equal(new Effects().of(settings, timeline.at(0), timeline).alpha.width, 64);
  assert.equal(new Effects().of({ ...settings, mode: 'annotate' }, timeline.at(0), timeline), null);
  assert.equal(new Effects().of({ ...settings, mode: 'privacy' }, timeline.at(0), timeline).inside, true);
  timeline.add({ ...message, rtp_timestamp: 3000, target_id: null });
  assert.equal(new Effects().of(settings, timeline.at(3000), timeline), null);
});

/** After sixty pictures whose results came 25 ms late. */
function heldBack() {
  const receiver = { jitterBufferTarget: null };
  const jitter = new JitterTarget(receiver);
  let until = 0;
  for (let i = 0; i < 60; i++, until += 33) {
    jitter.onPicture(i * 3000, until);
    jitter.onResult(i * 3000, until + 25);
  }
  return { receiver, jitter, until };
}

test('pictures are held back by as much as results are late, then let go', () => {
  const { receiver, jitter, until } = heldBack();
  let now = until;
  assert.ok(receiver.jitterBufferTarget >= 25 && receiver.jitterBufferTarget < 120, `${receiver.jitterBufferTarget}`);
  const most = receiver.jitterBufferTarget;
  for (let i = 60; i < 400; i++, now += 33) {
    jitter.onResult(i * 3000, now - 5);
    jitter.onPicture(i * 3000, now);
  }
  assert.ok(receiver.jitterBufferTarget < most, `${receiver.jitterBufferTarget}`);
  jitter.close();
  assert.equal(receiver.jitterBufferTarget, null);
});

test('pictures do not wait for what the page finds in them after they were shown', () => {
  const { receiver, jitter, until } = heldBack();
  let now = until;
  assert.ok(receiver.jitterBufferTarget > 0);
  for (let i = 60; i < 400; i++, now += 33) {
    jitter.onPicture(i * 3000, now);
    jitter.onOwnResult();
    assert.equal(receiver.jitterBufferTarget, 0);
  }
});

test('tracks live, go and are forgotten', () => {
  const log = new TrackLog();
  const seen = (id, label) => ({ track_id: id, label, score: 0.5, xmin: 0, ymin: 0, xmax: 1, ymax: 1, predicted: false });
  log.add({ detections: [seen(1, 'cup'), seen(2, 'cup'), seen(3, 'dog')] }, 0);
  log.add({ detections: [seen(1, 'cup')] }, 4_000);
  assert.deepEqual(log.counts(4_000), [['cup', 1]]);
  assert.deepEqual(log.list(4_000).map(({ id, present }) => [id, present]), [[1, true], [2, false], [3, false]]);
  assert.equal(log.list(4_000)[0].lifeMs, 4_000);
  log.add({ detections: [] }, 60_000);
  assert.deepEqual(log.list(60_000), []);
});

test('heat fades around its cell, stays in its row and is zero elsewhere', () => {
  const levels = new Uint8Array(6 * 4);
  levels[1 * 6 + 5] = 40;
  const colours = heatColours(levels, 6, 4);
  const cover = (x, y) => colours[(y * 6 + x) * 4 + 3];
  assert.equal(cover(5, 1), 195);
  assert.ok(cover(5, 1) > cover(4, 1) && cover(4, 1) > cover(4, 0) && cover(4, 0) > 0);
  assert.equal(cover(0, 2), 0);
  assert.equal(cover(0, 1) + cover(1, 1) + cover(2, 1) + cover(3, 1) + cover(5, 3), 0);
  assert.ok(heatColours(new Uint8Array(24), 6, 4).every((value) => value === 0));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Target } from '../../wwwroot/js/panels/target.js';

const PERSON = { track_id: 7, label: 'person', score: 1, xmin: 0.6, ymin: 0.2, xmax: 0.8, ymax: 0.8 };
const BICYCLE = { track_id: 3, label: 'bicycle', score: 1, xmin: 0.1, ymin: 0.4, xmax: 0.3, ymax: 0.6 };

function scene({ away = false, boxes = [PERSON, BICYCLE] } = {}) {
  const asked = [];
  const pulses = [];
  const stage = { timeline: { newest: { detections: boxes } }, pulse: (x, y) => pulses.push([x, y]) };
  const session = { select: (...place) => asked.push(['select', ...place]), release: () => asked.push(['release']) };
  return { asked, pulses, target: new Target(stage, () => (away ? null : session)) };
}

test('a tap holds what is there and a tap on the held object lets it go', () => {
  const { asked, target } = scene();
  target.tap({ x: 0.7, y: 0.5 });
  target.id = 7;
  target.tap({ x: 0.2, y: 0.5 });
  target.tap({ x: 0.61, y: 0.79 });
  assert.deepEqual(asked, [['select', 0.7, 0.5], ['select', 0.2, 0.5], ['release']]);
});

test('a second object is held beside the first, also in the same place', () => {
  const { asked, target } = scene();
  target.id = 7;
  target.tap({ x: 0.7, y: 0.5 }, true);
  assert.deepEqual(asked, [['select', 0.7, 0.5, 1]]);
});

test('by its id an object is held at its middle, and one that is gone is not', () => {
  const { asked, pulses, target } = scene();
  target.hold(3);
  target.hold(99);
  assert.equal(asked.length, 1);
  assert.ok(Math.abs(asked[0][1] - 0.2) < 1e-9 && Math.abs(asked[0][2] - 0.5) < 1e-9);
  assert.equal(pulses.length, 1);
});

test('without a pointer objects are taken in turn from left to right', () => {
  const { asked, target } = scene();
  const middles = [];
  for (const id of [3, 7, 3]) {
    target.next();
    middles.push(Math.round(asked.at(-1)[1] * 10) / 10);
    target.id = id;
  }
  assert.deepEqual(middles, [0.2, 0.7, 0.2]);
});

test('an empty picture and a page without a session ask for nothing', () => {
  const empty = scene({ boxes: [] });
  empty.target.next();
  const { asked, pulses, target } = scene({ away: true });
  target.tap({ x: 0.7, y: 0.5 });
  target.release();
  assert.deepEqual([empty.asked, asked, pulses], [[], [], []]);
});

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Press } from '../../wwwroot/js/ui/press.js';
import { Target } from '../../wwwroot/js/panels/target.js';

let element;
let heard;
beforeEach(() => {
  element = new EventTarget();
  heard = [];
  new Press(element, (place, second) => heard.push([place.clientX, second]));
});

function fire(type, clientX, { pointerId = 1, pointerType = 'touch', shiftKey = false } = {}) {
  element.dispatchEvent(Object.assign(new Event(type), { clientX, clientY: 0, pointerId, pointerType, shiftKey }));
}

test('a tap is one thing, with Shift a second', () => {
  fire('pointerdown', 10);
  fire('pointerup', 10);
  fire('click', 10);
  fire('click', 20, { shiftKey: true });
  assert.deepEqual(heard, [[10, false], [20, true]]);
});

test('a long press is a second thing, once, and the click after it is void', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  fire('pointerdown', 10);
  t.mock.timers.tick(600);
  fire('pointerup', 10);
  fire('click', 10);
  assert.deepEqual(heard, [[10, true]]);
});

test('a finger that wanders presses nothing', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  fire('pointerdown', 10);
  fire('pointermove', 60);
  t.mock.timers.tick(600);
  assert.deepEqual(heard, []);
});

test('another finger beside the first means a second thing', () => {
  fire('pointerdown', 10);
  fire('pointerdown', 90, { pointerId: 2 });
  fire('pointerup', 90, { pointerId: 2 });
  fire('pointerup', 10);
  fire('click', 10);
  assert.deepEqual(heard, [[90, true]]);
});

test('a tap brings focus in any mode, and letting go brings the mode back', () => {
  const said = [];
  const asker = { select: () => {}, release: () => said.push('release'), configure: ({ mode }) => said.push(mode) };
  const stage = { pulse() {}, timeline: { newest: { detections: [{ track_id: 7, xmin: 0, ymin: 0, xmax: 1, ymax: 1 }] } } };
  const target = new Target(stage, () => asker);
  target.update(7, 'annotate');
  target.update(null, 'annotate');
  assert.deepEqual(said, [], 'what others hold changes nothing here');
  target.tap({ x: 0.5, y: 0.5 });
  target.update(7, 'annotate');
  target.update(7, 'focus+annotate');
  target.tap({ x: 0.5, y: 0.5 });
  target.update(null, 'focus+annotate');
  assert.deepEqual(said, ['focus+annotate', 'release', 'annotate']);
  target.tap({ x: 0.5, y: 0.5 });
  target.update(7, 'privacy');
  assert.deepEqual(said.slice(3), [], 'privacy stays');
});

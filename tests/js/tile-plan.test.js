import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasDetector } from '../../wwwroot/js/panels/model-notice.js';
import { isWeak, planTiles } from '../../wwwroot/js/panels/tile-plan.js';

const cameras = (count, offAir = 0) =>
  Array.from({ length: count }, (_, i) => ({ room: i === 0 ? 'demo' : `demo.${i + 1}`, on_air: i + 1 !== offAir }));
const plan = (seen) => [...planTiles({ cameras: cameras(4), current: 'demo', isVisible: () => true, weak: false, held: false, ...seen })];
const kinds = (seen) => plan(seen).map(([, kind]) => kind);

test('every camera but the large one is live', () => {
  assert.deepEqual(plan({}), [['demo', 'large'], ['demo.2', 'live'], ['demo.3', 'live'], ['demo.4', 'live']]);
  assert.deepEqual(kinds({ current: 'demo.3' }), ['live', 'live', 'large', 'live']);
});

test('a tile that is off the screen or off air costs nothing', () => {
  assert.deepEqual(kinds({ isVisible: (room) => room !== 'demo.2', cameras: cameras(4, 4) }), ['large', 'none', 'live', 'none']);
});

test('a weak device or network gets thumbnails', () => {
  assert.deepEqual(kinds({ weak: true }), ['large', 'thumbnail', 'thumbnail', 'thumbnail']);
});

test('a phone has three live tiles and thumbnails beyond', () => {
  assert.deepEqual(kinds({ held: true, cameras: cameras(6) }), ['large', 'live', 'live', 'live', 'thumbnail', 'thumbnail']);
});

test('weak is what says so itself, or is slow or small', () => {
  assert.equal(isWeak({}), false);
  assert.equal(isWeak({ connection: { effectiveType: '4g' }, deviceMemory: 8, hardwareConcurrency: 2 }), false);
  for (const device of [{ connection: { saveData: true } }, { connection: { effectiveType: '3g' } }, { deviceMemory: 1 }, { hardwareConcurrency: 1 }]) {
    assert.equal(isWeak(device), true, JSON.stringify(device));
  }
});

test('only a detector on disk makes the stand-in needless', () => {
  const model = { name: 'yolox-nano', task: 'detect', licence: '', on_disk: true, provider: null, problem: null };
  assert.equal(hasDetector([model]), true);
  assert.equal(hasDetector([{ ...model, on_disk: false }, { ...model, name: 'motion' }, { ...model, task: 'mask' }]), false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeLabels } from '../../wwwroot/js/overlay/label-places.js';

const PICTURE = { left: 0, top: 0, width: 400, height: 300 };

function overlaps(a, b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

test('labels of a crowd lie apart, inside the picture and clear of overlays', () => {
  let seed = 7;
  const roll = (most) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % most;
  const chips = [{ left: 10, top: 10, width: 160, height: 28 }];
  for (let round = 0; round < 200; round++) {
    const owners = Array.from({ length: 25 }, () => ({ left: roll(380), top: roll(280), width: 20 + roll(90), height: 20 + roll(120), labelWidth: 50 + roll(40) }));
    const places = placeLabels(owners, 18, PICTURE, chips).filter(Boolean);
    assert.ok(places.length >= 8, `round ${round}: ${places.length}`);
    places.forEach((place, i) => {
      assert.ok(place.left >= 0 && place.left + place.width <= 400 && place.top >= 0 && place.top + place.height <= 300);
      for (const other of [...places.slice(i + 1), ...chips]) assert.ok(!overlaps(place, other), `round ${round}`);
    });
  }
});

test('a label goes above its box, and into it at the upper edge', () => {
  const [middle, upper] = placeLabels([
    { left: 100, top: 100, width: 80, height: 80, labelWidth: 60 },
    { left: 300, top: 2, width: 60, height: 60, labelWidth: 60 },
  ], 18, PICTURE);
  assert.deepEqual(middle, { left: 100, top: 79, width: 60, height: 18 });
  assert.equal(upper.top, 5);
});

test('what is held keeps its label however full it is', () => {
  const taken = [{ left: 0, top: 0, width: 400, height: 300 }];
  const [plain, held] = placeLabels([
    { left: 100, top: 100, width: 80, height: 80, labelWidth: 60 },
    { left: 100, top: 100, width: 80, height: 80, labelWidth: 60, held: true },
  ], 18, PICTURE, taken);
  assert.equal(plain, null);
  assert.ok(held);
});

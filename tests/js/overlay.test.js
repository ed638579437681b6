import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawBoxes } from '../../wwwroot/js/overlay/boxes.js';
import { fit, toFraction } from '../../wwwroot/js/overlay/fit.js';
import { boxesOf } from '../../wwwroot/js/overlay/overlay-canvas.js';
import { colourOf, inkOn, numberOf, toneOf } from '../../wwwroot/js/overlay/palette.js';
import { paintShape } from '../../wwwroot/js/overlay/zone-painter.js';

/** A canvas context that notes the calls named, and what was set when they came. */
function paper(...names) {
  const calls = [];
  const context = new Proxy({ measureText: (text) => ({ width: text.length * 7 }) }, {
    get: (own, name) => own[name] ?? ((...values) => {
      if (names.includes(name)) calls.push({ name, values, alpha: own.globalAlpha, dash: own.dash, stroke: own.strokeStyle });
      if (name === 'setLineDash') own.dash = values[0];
    }),
  });
  return { context, calls };
}

const RECT = { left: 100, top: 50, width: 400, height: 200 };
const BOX = { track_id: 7, label: 'cup', score: 0.9, xmin: 0.25, ymin: 0.5, xmax: 0.5, ymax: 1, predicted: false };

test('a wide picture has bars above and below, a tall one at its sides', () => {
  assert.deepEqual(fit(400, 400, 640, 320), { left: 0, top: 100, width: 400, height: 200 });
  assert.deepEqual(fit(400, 400, 480, 960), { left: 100, top: 0, width: 200, height: 400 });
});

test('a picture that covers its box sticks out of it evenly', () => {
  assert.deepEqual(fit(400, 400, 640, 320, 'cover'), { left: -200, top: 0, width: 800, height: 400 });
});

test('a phone turned upright turns its picture in the box', () => {
  const wide = fit(1000, 1000, 1280, 720);
  const tall = fit(1000, 1000, 720, 1280);
  assert.deepEqual([tall.left, tall.top, tall.width, tall.height], [wide.top, wide.left, wide.height, wide.width]);
  assert.deepEqual(toFraction(tall, 500, 250), { x: 0.5, y: 0.25 });
  assert.equal(toFraction(tall, 100, 500), null);
});

test('a picture without a size fills the box', () => {
  for (const [width, height] of [[0, 0], [NaN, 480], [640, 0]]) {
    assert.deepEqual(fit(300, 200, width, height), { left: 0, top: 0, width: 300, height: 200 });
  }
});

test('points beside the picture are nowhere, its corners are in it', () => {
  assert.deepEqual(toFraction(RECT, 100, 50), { x: 0, y: 0 });
  assert.deepEqual(toFraction(RECT, 500, 250), { x: 1, y: 1 });
  assert.deepEqual(toFraction(RECT, 200, 250, true), { x: 0.75, y: 1 });
  for (const [x, y] of [[99, 50], [501, 250], [300, 49], [300, 251], [NaN, 100]]) assert.equal(toFraction(RECT, x, y), null);
  assert.equal(toFraction({ ...RECT, width: 0 }, 100, 50), null);
});

test('the box in focus is drawn where the picture shows it', () => {
  const { context, calls } = paper('roundRect');
  drawBoxes(context, RECT, [BOX], { targetId: 7, labels: false });
  assert.deepEqual(calls.map(({ values }) => values.slice(0, 4)), [[200, 150, 100, 100]]);
});

test('a mirrored picture has its boxes on the other side', () => {
  const { context, calls } = paper('roundRect');
  drawBoxes(context, RECT, [BOX], { targetId: 7, labels: false, mirrored: true });
  assert.deepEqual(calls[0].values.slice(0, 4), [300, 150, 100, 100]);
});

test('a box that was carried on is dashed and paler, unless it is in focus', () => {
  const { context, calls } = paper('stroke');
  drawBoxes(context, RECT, [{ ...BOX, predicted: true }], { labels: false });
  drawBoxes(context, RECT, [BOX], { labels: false });
  drawBoxes(context, RECT, [{ ...BOX, predicted: true }], { targetId: 7, labels: false });
  assert.deepEqual(calls.map(({ alpha, dash }) => [alpha, dash.length]), [[0.6, 2], [0.6, 2], [1, 0], [1, 0], [1, 2], [1, 2]]);
});

test('labels stay within the picture', () => {
  const { context, calls } = paper('fillText');
  const label = 'refrigerator 123';
  drawBoxes(context, RECT, [{ ...BOX, label: 'refrigerator', track_id: 123, xmin: 0.95, ymin: 0, xmax: 1, ymax: 0.1 }]);
  const [text, x, y] = calls[0].values;
  assert.equal(text, label);
  assert.ok(x + label.length * 7 <= RECT.left + RECT.width && y > RECT.top);
});

test('each mode shows its boxes', () => {
  const boxes = [1, 2, 3].map((track_id) => ({ ...BOX, track_id }));
  const ids = (mode, targets) => boxesOf({ mode, boxes, targets }).map(({ track_id }) => track_id);
  assert.deepEqual(ids('annotate', { target_id: null }), [1, 2, 3]);
  assert.deepEqual(ids('focus+annotate', { target_id: 2 }), [1, 2, 3]);
  assert.deepEqual(ids('focus', { target_id: 2, second_target_id: 3 }), [2, 3]);
  assert.deepEqual(ids('focus', { target_id: null }), []);
  assert.deepEqual([...ids('plain', { target_id: 1 }), ...ids('privacy', { target_id: 1 }), ...ids('segment', { target_id: 1 })], []);
});

test('a line has an arrow and a zone has none', () => {
  const painted = (kind, points) => {
    const { context, calls } = paper('lineTo', 'closePath');
    paintShape(context, RECT, { kind, points, colour: 'red', label: '' });
    return calls;
  };
  const ends = [{ x: 0, y: 0.5 }, { x: 1, y: 0.5 }];
  const line = painted('line', ends);
  assert.deepEqual(line.slice(0, 2).map(({ values }) => values), [[100, 150], [500, 150]]);
  assert.deepEqual(line.slice(2).map(({ values }) => values), [[306, 150], [294, 150]]);
  const down = painted('line', [{ x: 0.5, y: 0 }, { x: 0.5, y: 1 }]);
  assert.deepEqual(down.slice(2).map(({ values }) => values), [[300, 156], [300, 144]]);
  const zone = painted('zone', [...ends, { x: 1, y: 1 }]);
  assert.deepEqual(zone.map(({ name }) => name), ['lineTo', 'lineTo', 'lineTo', 'closePath']);
});

test('the name of a shape is read beside what lies over the picture', () => {
  const named = (left, keepOut) => {
    const { context, calls } = paper('fillText');
    const points = [{ x: left, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }];
    paintShape(context, RECT, { kind: 'zone', points, colour: 'red', label: 'door' }, keepOut);
    return calls[0].values.slice(1);
  };
  const chips = [{ left: 110, top: 82, width: 60, height: 24 }, { left: 110, top: 55, width: 60, height: 24 }];
  assert.deepEqual(named(0.02, []), [RECT.left + 15, RECT.top + 12.5]);
  assert.deepEqual(named(0.02, chips), [RECT.left + 15, 109 + 10.5]);
  assert.deepEqual(named(0.5, chips), [RECT.left + 207, RECT.top + 12.5]);
  const [x] = named(0.99, []);
  assert.ok(x + 'door'.length * 7 + 7 <= RECT.left + RECT.width, String(x));
});

test('ink differs from the colour that it is written on', () => {
  for (let id = 0; id < 20; id++) {
    const { lightness } = toneOf(id);
    assert.equal(inkOn(id) === '#ffffff' ? lightness < 70 : lightness >= 50, true, `${id}`);
  }
  assert.match(colourOf(-1, 0.5), /^hsl\(\d+ \d+% \d+% \/ 0\.5\)$/);
});

test('a name has the same colour each time', () => {
  assert.equal(numberOf('door'), numberOf('door'));
  assert.notEqual(numberOf('door'), numberOf('doors'));
  assert.ok(Number.isInteger(numberOf('🚪'.repeat(99))));
});

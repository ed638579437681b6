import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unroll } from '../../wwwroot/js/picture/mask-runs.js';
import { bestMask } from '../../wwwroot/js/vision/mask/best-mask.js';
import { KeptCrop } from '../../wwwroot/js/vision/mask/kept-crop.js';
import { liftMask, roll } from '../../wwwroot/js/vision/mask/mask-lift.js';
import { cropAround, squareOf, toModel } from '../../wwwroot/js/vision/mask/sam-crop.js';
import { decoderEdges, isEncoder, sourceOf } from '../../wwwroot/js/vision/mask/sam-edges.js';
import { pointsOf } from '../../wwwroot/js/vision/mask/sam-points.js';

const box = (left, top, right, bottom) => ({ left, top, right, bottom });

test('a crop is square, widened and in the picture', () => {
  assert.deepEqual(squareOf(cropAround(box(100, 100, 200, 150), 640, 480)), box(90, 65, 210, 185));
  assert.deepEqual(squareOf(cropAround(box(0, 0, 100, 100), 640, 480)), box(0, 0, 120, 120));
  assert.deepEqual(squareOf(cropAround(box(560, 400, 640, 480), 640, 480)), box(544, 384, 640, 480));
  const large = squareOf(cropAround(box(0, 0, 640, 480), 640, 480));
  assert.ok(large.left <= 0 && large.top <= 0 && large.right >= 640 && large.bottom >= 480);
  assert.equal(cropAround(box(5, 5, 6, 6), 640, 480).side, 16);
});

test('a prompt is written in the model’s own pixels', () => {
  const crop = cropAround(box(100, 100, 200, 200), 640, 480);
  assert.deepEqual(toModel(crop, crop.left + crop.side, crop.top, 1024), [1024, 0]);
  const { points, labels } = pointsOf(box(100, 100, 200, 200), crop, 1024, 6);
  assert.deepEqual(labels, [1, 2, 3, -1, -1, -1]);
  assert.deepEqual(points.slice(0, 2), [512, 512]);
  assert.deepEqual(points.slice(6), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(pointsOf(box(100, 100, 200, 200), crop, 1024, 2).labels, [2, 3]);
  assert.deepEqual(pointsOf(box(100, 100, 200, 200), crop, 1024, 1).labels, [1]);
});

test('an embedding serves while its crop stands still', () => {
  const kept = new KeptCrop();
  const first = cropAround(box(100, 100, 200, 200), 640, 480);
  assert.equal(kept.serving(first, 0), null);
  kept.keep(first, 0);
  assert.equal(kept.serving(cropAround(box(103, 101, 204, 202), 640, 480), 500), first);
  assert.equal(kept.serving(cropAround(box(120, 100, 220, 200), 640, 480), 500), null);
  assert.equal(kept.serving(cropAround(box(90, 90, 210, 210), 640, 480), 500), null);
  assert.equal(kept.serving(first, 1_001), null);
  assert.equal(kept.serving(first, -1), null);
  assert.equal(kept.serving({ ...first, pictureWidth: 320 }, 10), null);
  kept.forget();
  assert.equal(kept.serving(first, 10), null);
});

test('promptable models are known by their edges', () => {
  const edges = (...names) => names.map((name) => ({ name, shape: [1, 256, 64, 64] }));
  assert.ok(isEncoder(edges('image_embeddings')));
  assert.ok(!isEncoder(edges('output0')));
  assert.deepEqual(decoderEdges(edges('image_embeddings', 'point_coords', 'point_labels'), edges('masks', 'iou_predictions', 'low_res_masks')), {
    points: 'point_coords', labels: 'point_labels', masks: 'low_res_masks', quality: 'iou_predictions',
  });
  assert.equal(decoderEdges(edges('batched_images', 'batched_point_coords', 'batched_point_labels'), edges('output_masks'))?.masks, 'output_masks');
  assert.equal(decoderEdges(edges('images'), edges('output0')), null);
  assert.equal(sourceOf('image_embeddings', ['image_embed', 'other']), 'image_embed');
  assert.equal(sourceOf('high_res_feats_0', ['image_embed', 'high_res_feats_0']), 'high_res_feats_0');
  assert.equal(sourceOf('mask_input', ['image_embed']), null);
});

test('a map comes to lie on the picture where it was cut out', () => {
  const width = 64;
  const data = Float32Array.from({ length: 2 * width * width }, (_, at) => (at >= width * width && at % width < width / 2 ? 5 : -5));
  const best = bestMask([1, 2, width, width], [0.2, 0.9]);
  assert.deepEqual(best, { offset: width * width, width, height: width });
  const mask = liftMask({ data, ...best }, box(320, 120, 480, 280), 640, 480, 7);
  assert.deepEqual([mask.width, mask.height, mask.track_id], [160, 120, 7]);
  const inside = unroll(mask);
  let count = 0;
  for (let y = 0; y < 120; y++) {
    for (let x = 0; x < 160; x++) {
      const expected = x >= 80 && x < 100 && y >= 30 && y < 70;
      count += expected ? 1 : 0;
      assert.equal(inside[y * 160 + x] > 0, expected, `${x},${y}`);
    }
  }
  assert.equal(count, 800);
  assert.equal(liftMask({ data, ...bestMask([1, 2, width, width], null) }, box(320, 120, 480, 280), 640, 480, 7), null);
});

test('run lengths begin with zeros and unroll to the same', () => {
  assert.deepEqual(roll(new Uint8Array([1, 1, 0, 1])), [0, 2, 1, 1]);
  assert.deepEqual(roll(new Uint8Array(4)), [4]);
  const cells = Uint8Array.from({ length: 300 }, (_, at) => (at * 7919) % 3 === 0 ? 1 : 0);
  assert.deepEqual(unroll({ track_id: 1, width: 20, height: 15, rle: roll(cells) }), cells.map((cell) => cell * 255));
});

// An independent reading of the models that the checks use, with ONNX Runtime in Node, from raw I420 pictures.
//
//   node read.mjs yolox|seg|deeplab MODEL WIDTH HEIGHT CONFIDENCE < pictures
//
// Prints one line of JSON a picture: {"boxes": [{"cls", "score", "box": [left, top, right, bottom], "ties": [box, …], "mask"?}]}
// or {"width", "height", "classes"}. Masks (one byte a pixel of the picture) and maps are in base64.
import ort from 'onnxruntime-node';

const [kind, model, widthText, heightText, confidenceText] = process.argv.slice(2);
const width = Number(widthText);
const height = Number(heightText);
const confidence = Number(confidenceText);
const overlap = 0.45;

// Scores are trusted to 0.02, so two boxes for one thing with scores twice as near may have come the other way round.
const tie = 0.04;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** The four places around (x, y) in a plane, and how much of each. */
function bilinear(at, x, y, w, h) {
  const cx = clamp(x, 0, w - 1);
  const cy = clamp(y, 0, h - 1);
  const x0 = Math.floor(cx);
  const y0 = Math.floor(cy);
  const x1 = Math.min(x0 + 1, w - 1);
  const y1 = Math.min(y0 + 1, h - 1);
  const ax = cx - x0;
  const ay = cy - y0;
  return (at(x0, y0) * (1 - ax) + at(x1, y0) * ax) * (1 - ay) + (at(x0, y1) * (1 - ax) + at(x1, y1) * ax) * ay;
}

/** Scales the picture to w×h and calls put(channel, x, y, value). */
function resize(rgb, w, h, put) {
  for (let c = 0; c < 3; c++) {
    const at = (x, y) => rgb[(y * width + x) * 3 + c];
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        put(c, x, y, bilinear(at, (x + 0.5) * width / w - 0.5, (y + 0.5) * height / h - 0.5, width, height));
      }
    }
  }
}

/** BT.601 with studio swing, chroma in the middle of its four pixels. */
function rgbOf(planes) {
  const [cw, ch] = [(width + 1) >> 1, (height + 1) >> 1];
  const chroma = (from, x, y) => (bilinear((a, b) => planes[from + b * cw + a], (x + 0.5) / 2 - 0.5, (y + 0.5) / 2 - 0.5, cw, ch) - 128) * 255 / 224;
  const rgb = new Float32Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const luma = (planes[y * width + x] - 16) * 255 / 219;
      const u = chroma(width * height, x, y);
      const v = chroma(width * height + cw * ch, x, y);
      rgb[at++] = clamp(luma + 1.402 * v, 0, 255);
      rgb[at++] = clamp(luma - 0.344136 * u - 0.714136 * v, 0, 255);
      rgb[at++] = clamp(luma + 1.772 * u, 0, 255);
    }
  }
  return rgb;
}

function iou(a, b) {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const both = Math.max(0, w) * Math.max(0, h);
  return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
}

/** The best of those that overlap, class by class, each with those about as good that it came before. */
function suppress(boxes) {
  const kept = [];
  const same = (a, b) => a.cls === b.cls && iou(a.box, b.box) > overlap;
  for (const one of boxes.sort((a, b) => b.score - a.score)) {
    if (!kept.some(k => same(k, one))) {
      kept.push({ ...one, ties: boxes.filter(b => same(one, b) && Math.abs(one.score - b.score) < tie).map(b => b.box) });
    }
  }
  return kept;
}

async function yolox(session, rgb) {
  const size = 416;
  const scale = Math.min(size / width, size / height);
  const input = new Float32Array(3 * size * size).fill(114);
  resize(rgb, Math.round(width * scale), Math.round(height * scale), (c, x, y, v) => { input[((2 - c) * size + y) * size + x] = v; });
  const { output } = await session.run({ images: new ort.Tensor('float32', input, [1, 3, size, size]) });
  const rows = output.data;
  const boxes = [];
  let row = 0;
  for (const stride of [8, 16, 32]) {
    const cells = size / stride;
    for (let i = 0; i < cells * cells; i++, row++) {
      const at = row * 85;
      let cls = 0;
      for (let k = 1; k < 80; k++) {
        cls = rows[at + 5 + k] > rows[at + 5 + cls] ? k : cls;
      }
      const score = rows[at + 4] * rows[at + 5 + cls];
      if (score < confidence) {
        continue;
      }
      const x = (rows[at] + i % cells) * stride / scale;
      const y = (rows[at + 1] + Math.floor(i / cells)) * stride / scale;
      const w = Math.exp(rows[at + 2]) * stride / scale;
      const h = Math.exp(rows[at + 3]) * stride / scale;
      boxes.push({ cls, score, box: [x - w / 2, y - h / 2, x + w / 2, y + h / 2] });
    }
  }
  return { boxes: suppress(boxes) };
}

async function seg(session, rgb) {
  const size = 320;
  const scale = Math.min(size / width, size / height);
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  const [left, top] = [(size - w) >> 1, (size - h) >> 1];
  const input = new Float32Array(3 * size * size).fill(114 / 255);
  resize(rgb, w, h, (c, x, y, v) => { input[(c * size + y + top) * size + x + left] = v / 255; });
  const { output0, output1 } = await session.run({ images: new ort.Tensor('float32', input, [1, 3, size, size]) });
  const count = output0.dims[2];
  const at = (channel, i) => output0.data[channel * count + i];
  const boxes = [];
  for (let i = 0; i < count; i++) {
    let cls = 0;
    for (let k = 1; k < 80; k++) {
      cls = at(4 + k, i) > at(4 + cls, i) ? k : cls;
    }
    const score = at(4 + cls, i);
    if (score >= confidence) {
      const [x, y, bw, bh] = [at(0, i), at(1, i), at(2, i), at(3, i)];
      const box = [(x - bw / 2 - left) * width / w, (y - bh / 2 - top) * height / h, (x + bw / 2 - left) * width / w, (y + bh / 2 - top) * height / h];
      boxes.push({ cls, score, box, i });
    }
  }
  const kept = suppress(boxes);
  const side = output1.dims[2];
  for (const one of kept) {
    const sum = new Float32Array(side * side);
    for (let k = 0; k < 32; k++) {
      const weight = at(84 + k, one.i);
      for (let p = 0; p < sum.length; p++) {
        sum[p] += weight * output1.data[k * side * side + p];
      }
    }
    const mask = Buffer.alloc(width * height);
    for (let y = Math.ceil(clamp(one.box[1] - 0.5, 0, height)); y < height && y + 0.5 < one.box[3]; y++) {
      for (let x = Math.ceil(clamp(one.box[0] - 0.5, 0, width)); x < width && x + 0.5 < one.box[2]; x++) {
        const [px, py] = [((x + 0.5) * w / width + left) * side / size - 0.5, ((y + 0.5) * h / height + top) * side / size - 0.5];
        mask[y * width + x] = bilinear((a, b) => sum[b * side + a], px, py, side, side) > 0 ? 255 : 0;
      }
    }
    delete one.i;
    one.mask = mask.toString('base64');
  }
  return { boxes: kept };
}

async function deeplab(session, rgb) {
  const size = 257;
  const input = new Float32Array(size * size * 3);
  resize(rgb, size, size, (c, x, y, v) => { input[(y * size + x) * 3 + c] = v / 127.5 - 1; });
  const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', input, [1, size, size, 3]) });
  const scores = results[session.outputNames[0]];
  const classes = Buffer.alloc(size * size);
  for (let p = 0; p < classes.length; p++) {
    let best = 0;
    for (let k = 1; k < 21; k++) {
      best = scores.data[p * 21 + k] > scores.data[p * 21 + best] ? k : best;
    }
    classes[p] = best;
  }
  return { width: size, height: size, classes: classes.toString('base64') };
}

const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
const read = { yolox, seg, deeplab }[kind];
const picture = width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
let waiting = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
  for (; waiting.length >= picture; waiting = waiting.subarray(picture)) {
    process.stdout.write(JSON.stringify(await read(session, rgbOf(waiting))) + '\n');
  }
}

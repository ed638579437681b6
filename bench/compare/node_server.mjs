// The server that somebody would write in Node: libwebrtc through @roamhq/wrtc, detection with onnxruntime-node.
//
//   node node_server.mjs --port 9081 [--model yolox_nano.onnx]
//
// POST /whip/{room}?mode=plain|annotate[&results=1] as the other servers of this comparison have it.
import http from "node:http";
import wrtc from "@roamhq/wrtc";

const { RTCPeerConnection, nonstandard } = wrtc;
const { RTCVideoSink, RTCVideoSource, i420ToRgba, rgbaToI420 } = nonstandard;
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const port = Number(option("port", "9081"));
const modelFile = option("model", null);
const SIZE = 416;
const peers = new Map();
let nextId = 1;

/** @type {import("onnxruntime-node").InferenceSession | null} */
let session = null;
let ort = null;
if (modelFile) {
  ort = await import("onnxruntime-node");
  session = await ort.InferenceSession.create(modelFile, { intraOpNumThreads: 1 });
}

/** Boxes of one RGBA picture, decoded and thinned as YOLOX wants it. */
async function detect(rgba, width, height) {
  const scale = Math.min(SIZE / width, SIZE / height);
  const input = new Float32Array(3 * SIZE * SIZE).fill(114);
  const w = Math.floor(width * scale);
  const h = Math.floor(height * scale);
  for (let y = 0; y < h; y++) {
    const sourceRow = Math.floor(y / scale) * width;
    for (let x = 0; x < w; x++) {
      const from = (sourceRow + Math.floor(x / scale)) * 4;
      const to = y * SIZE + x;
      input[to] = rgba[from + 2];
      input[to + SIZE * SIZE] = rgba[from + 1];
      input[to + 2 * SIZE * SIZE] = rgba[from];
    }
  }

  const out = (await session.run({ images: new ort.Tensor("float32", input, [1, 3, SIZE, SIZE]) })).output.data;
  const found = [];
  let row = 0;
  for (const stride of [8, 16, 32]) {
    const cells = SIZE / stride;
    for (let cy = 0; cy < cells; cy++) {
      for (let cx = 0; cx < cells; cx++, row++) {
        const at = row * 85;
        if (out[at + 4] < 0.25) continue;
        let best = 0;
        for (let c = 1; c < 80; c++) if (out[at + 5 + c] > out[at + 5 + best]) best = c;
        const score = out[at + 4] * out[at + 5 + best];
        if (score < 0.25) continue;
        const bw = Math.exp(out[at + 2]) * stride;
        const bh = Math.exp(out[at + 3]) * stride;
        const x = (out[at] + cx) * stride - bw / 2;
        const y = (out[at + 1] + cy) * stride - bh / 2;
        found.push({ score, label: best, x: x / scale, y: y / scale, w: bw / scale, h: bh / scale });
      }
    }
  }

  found.sort((a, b) => b.score - a.score);
  const kept = [];
  for (const one of found) {
    if (kept.every((other) => other.label !== one.label || iou(one, other) < 0.45)) kept.push(one);
  }

  return kept;
}

function iou(a, b) {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? (w * h) / (a.w * a.h + b.w * b.h - w * h) : 0;
}

function drawBoxes(rgba, width, height, boxes) {
  for (const { x, y, w, h } of boxes) {
    const left = Math.max(0, x | 0), right = Math.min(width - 1, (x + w) | 0);
    const top = Math.max(0, y | 0), bottom = Math.min(height - 1, (y + h) | 0);
    for (let i = left; i <= right; i++) for (const j of [top, bottom]) rgba.set([0, 255, 0, 255], (j * width + i) * 4);
    for (let j = top; j <= bottom; j++) for (const i of [left, right]) rgba.set([0, 255, 0, 255], (j * width + i) * 4);
  }
}

async function answer(offer, query) {
  const annotate = query.get("mode") === "annotate";
  const detects = session && (annotate || query.get("results") === "1");
  const pc = new RTCPeerConnection();
  const id = String(nextId++);
  peers.set(id, pc);
  let channel = null;
  pc.ondatachannel = (event) => (channel = event.channel);
  const source = new RTCVideoSource();
  await pc.setRemoteDescription({ type: "offer", sdp: offer });
  const [transceiver] = pc.getTransceivers();
  if (/a=sendrecv/.test(offer)) {
    await transceiver.sender.replaceTrack(source.createTrack());
    transceiver.direction = "sendrecv";
  }

  const sink = new RTCVideoSink(transceiver.receiver.track);
  let busy = false;
  let waiting = null;
  let frames = 0;
  const process_ = async (frame, received) => {
    const { width, height } = frame;
    if (!detects) return source.onFrame(frame);
    const rgba = new Uint8ClampedArray(width * height * 4);
    i420ToRgba(frame, { width, height, data: rgba });
    const began = performance.timeOrigin + performance.now();
    const boxes = await detect(rgba, width, height);
    const done = performance.timeOrigin + performance.now();
    if (channel?.readyState === "open") {
      channel.send(JSON.stringify({
        type: "detections", room: "bench", frame_id: ++frames, rtp_timestamp: frame.timestamp ?? 0, capture_ts: null, recv_ts: received,
        inference_ts: done, width, height, model: "yolox-nano", provider: "onnxruntime-node", level: "optimal", target_id: null, mask: null,
        detections: boxes, timings_ms: { queue: began - received, detect: done - began, track: 0, mask: 0 },
      }));
    }

    if (annotate) {
      drawBoxes(rgba, width, height, boxes);
      const out = { width, height, data: new Uint8ClampedArray((width * height * 3) / 2) };
      rgbaToI420({ width, height, data: rgba }, out);
      source.onFrame(out);
    }
  };
  sink.onframe = async ({ frame }) => {
    const received = performance.timeOrigin + performance.now();
    if (busy) {
      waiting = [frame, received];
      return;
    }

    busy = true;
    await process_(frame, received);
    while (waiting) {
      const next = waiting;
      waiting = null;
      await process_(...next);
    }

    busy = false;
  };
  await pc.setLocalDescription(await pc.createAnswer());
  await new Promise((resolve) => {
    if (pc.iceGatheringState === "complete") resolve();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && resolve();
  });
  return { id, sdp: pc.localDescription.sdp };
}

http.createServer(async (request, response) => {
  const url = new URL(request.url, "http://x");
  if (request.method === "POST") {
    let body = "";
    for await (const part of request) body += part;
    const { id, sdp } = await answer(body, url.searchParams);
    response.writeHead(201, { "Content-Type": "application/sdp", Location: `/whip/x/${id}` }).end(sdp);
  } else if (request.method === "DELETE") {
    const id = url.pathname.split("/").pop();
    peers.get(id)?.close();
    peers.delete(id);
    response.end();
  } else {
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  }
}).listen(port, "127.0.0.1");

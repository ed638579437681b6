import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { FocusSource } from '../../wwwroot/js/focus/focus-source.js';
import { FrameSource } from '../../wwwroot/js/segment/frame-source.js';

/** What the system lends, once the test lets it. */
let lend;
let bitmaps;

class FakeTrack extends EventTarget {
  ended = false;
  stop() { this.ended = true; }
}

globalThis.MediaStream = class {
  tracks = [new FakeTrack()];
  getTracks() { return this.tracks; }
  getVideoTracks() { return this.tracks; }
};
globalThis.document = { createElement: () => ({}) };

beforeEach(() => {
  lend = [];
  bitmaps = [];
  const mediaDevices = { getUserMedia: () => new Promise((resolve) => { lend.push(resolve); }) };
  Object.defineProperty(globalThis, 'navigator', { value: { mediaDevices }, configurable: true });
  globalThis.createImageBitmap = (file) => new Promise((resolve) => {
    bitmaps.push({ file, closed: false, close() { this.closed = true; }, give() { resolve(this); } });
  });
});

const video = () => ({
  srcObject: null, removeAttribute() {}, pause() {}, play: async () => {}, requestVideoFrameCallback: () => 1, cancelVideoFrameCallback() {},
});
const film = () => new Blob(['x'], { type: 'video/mp4' });
const picture = () => new Blob(['x'], { type: 'image/png' });

const sources = {
  segment: (element, onLost) => new FrameSource(element, () => false, () => {}, onLost),
  focus: (element, onLost) => new FocusSource(element, onLost),
};

for (const [name, make] of Object.entries(sources)) {
  test(`${name}: a camera that is lent after a file was chosen is given back`, async () => {
    const element = video();
    const source = make(element, () => {});
    const opened = source.openCamera('user');
    await source.openFile(film());
    const stream = new MediaStream();
    lend[0](stream);
    await opened;
    assert.deepEqual([stream.tracks[0].ended, element.srcObject], [true, null]);
    source.stop();
  });

  test(`${name}: a camera that is taken away is told, one that was left is not`, async () => {
    const lost = [];
    const source = make(video(), () => lost.push(1));
    const streams = [new MediaStream(), new MediaStream()];
    for (const [at, stream] of streams.entries()) {
      const opened = source.openCamera('user');
      lend[at](stream);
      await opened;
    }
    streams[0].tracks[0].dispatchEvent(new Event('ended'));
    assert.equal(lost.length, 0);
    streams[1].tracks[0].dispatchEvent(new Event('ended'));
    assert.equal(lost.length, 1);
    source.stop();
  });
}

test('of two pictures the one that was chosen last is shown, and the other closed', async () => {
  const source = sources.segment(video(), () => {});
  const first = source.openFile(picture());
  const second = source.openFile(picture());
  bitmaps[1].give();
  await second;
  bitmaps[0].give();
  await first;
  assert.deepEqual(bitmaps.map(({ closed }) => closed), [true, false]);
  source.close();
  assert.ok(bitmaps[1].closed);
});

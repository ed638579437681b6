import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installBrowser, until } from './support/browser.js';
import { length, size } from '../../wwwroot/js/ui/language.js';
import { libraryText } from '../../wwwroot/js/ui/library-text.js';

const { window } = installBrowser();
const stored = new Map();
globalThis.localStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value) };
const { Problem, detailOf } = await import('../../wwwroot/js/library/library-api.js');
const { PART_BYTES, Upload } = await import('../../wwwroot/js/library/upload.js');
const { KeptUploads } = await import('../../wwwroot/js/library/kept-uploads.js');
const { SpeedMeter } = await import('../../wwwroot/js/library/speed-meter.js');

/** A server's end of uploads: what it has, and what it does to the next part. */
class FakeServer {
  uploads = new Map();
  asked = [];
  /** @type {((part: {at: string, offset: number, bytes: number}) => void)[]} */ faults = [];

  begin = async (name, bytes) => {
    this.asked.push('begin');
    const at = `/api/videos/${this.uploads.size + 1}`;
    this.uploads.set(at, { name, bytes, has: 0, done: false });
    return at;
  };

  offset = async (at) => {
    this.asked.push('offset');
    return this.#find(at).has;
  };

  video = async (at) => {
    const upload = this.#find(at);
    if (!upload.done) throw new Problem(404, 'There is no such video.');
    return { video_id: at, name: upload.name };
  };

  remove = async (at) => {
    this.asked.push('remove');
    this.uploads.delete(at);
  };

  send = async (at, offset, part, onProgress, signal) => {
    await new Promise(setImmediate);
    if (signal.aborted) throw new Error('stopped');
    this.asked.push(`part ${offset}+${part.size}`);
    const upload = this.#find(at);
    this.faults.shift()?.({ upload, offset, bytes: part.size, onProgress });
    if (offset !== upload.has) throw new Problem(409, 'elsewhere', upload.has);
    onProgress(part.size);
    upload.has += part.size;
    upload.done = upload.has === upload.bytes;
    return upload.has;
  };

  #find(at) {
    const upload = this.uploads.get(at);
    if (!upload) throw new Problem(404, 'There is no such video.');
    return upload;
  }
}

const fileOf = (bytes, name = 'a.mp4') => new File([new Uint8Array(bytes)], name, { lastModified: 7 });
const lose = () => { throw new TypeError('Failed to fetch'); };

/** An upload that waits for nothing, and all states that it was in. */
function begin(server, file, at = null) {
  const states = [];
  const upload = new Upload(file, server, ({ state }) => { if (states.at(-1) !== state) states.push(state); }, at, () => 0);
  window.addEventListener('online', () => upload.hurry());
  return { upload, states };
}

test('a file goes in parts and becomes a video', async () => {
  const server = new FakeServer();
  const { upload, states } = begin(server, fileOf(PART_BYTES * 2 + 5));
  await upload.start();
  assert.deepEqual(server.asked, ['begin', `part 0+${PART_BYTES}`, `part ${PART_BYTES}+${PART_BYTES}`, `part ${PART_BYTES * 2}+5`]);
  assert.deepEqual(states, ['sending', 'checking', 'done']);
  assert.equal(upload.video.name, 'a.mp4');
});

test('a lost network is waited for, and what the server has is not sent again', async () => {
  const server = new FakeServer();
  server.faults = [() => {}, ({ upload, onProgress }) => {
    // Some of the part came, its answer never.
    upload.has += 1000;
    onProgress(2000);
    lose();
  }];
  const { upload, states } = begin(server, fileOf(PART_BYTES * 2));
  void upload.start();
  await until(() => upload.state === 'done');
  assert.deepEqual(server.asked.slice(3), ['offset', `part ${PART_BYTES + 1000}+${PART_BYTES - 1000}`]);
  assert.ok(states.includes('away'));
});

test('a file that can’t be read any more is named, and not tried again by itself', async () => {
  const server = new FakeServer();
  const file = fileOf(PART_BYTES + 10);
  const { slice } = file;
  server.faults = [() => {}, () => {
    // As a browser does once the file changed: the request fails without a reason, and so does each reading.
    file.slice = () => ({ size: 10, arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')) });
    lose();
  }];
  const { upload, states } = begin(server, file);
  await upload.start();
  assert.deepEqual([states, upload.isUnreadable, upload.isHopeless], [['sending', 'failed'], true, false]);
  // The stick is back, and somebody tries again.
  file.slice = slice;
  await upload.start();
  assert.deepEqual([upload.state, upload.isUnreadable], ['done', false]);
  assert.equal(server.asked.filter((what) => what === 'begin').length, 1);
});

test('a part that the server still holds is asked for again, without an alarm', async () => {
  const server = new FakeServer();
  server.faults = [() => { throw new Problem(409, 'still being written', 0); }];
  const { upload, states } = begin(server, fileOf(10));
  void upload.start();
  await until(() => upload.state === 'done');
  assert.deepEqual(server.asked, ['begin', 'part 0+10', 'offset', 'part 0+10']);
  assert.ok(!states.includes('away'));
});

test('a pause ends the part at work, and going on asks how far it came', async () => {
  const server = new FakeServer();
  const { upload } = begin(server, fileOf(PART_BYTES + 1));
  server.faults = [() => upload.pause()];
  await upload.start();
  assert.equal(upload.state, 'paused');
  await upload.start();
  assert.equal(upload.state, 'done');
  assert.ok(server.asked.includes('offset'));
});

test('after a reload an upload goes on at the offset that the server names', async () => {
  const server = new FakeServer();
  const at = await server.begin('a.mp4', 100);
  server.uploads.get(at).has = 60;
  const { upload } = begin(server, fileOf(100), at);
  await upload.start();
  assert.deepEqual(server.asked, ['begin', 'offset', 'part 60+40']);
  assert.equal(upload.state, 'done');
});

test('an upload that is whole and no video yet is finished without its bytes', async () => {
  const server = new FakeServer();
  const at = await server.begin('a.mp4', 100);
  server.uploads.get(at).has = 100;
  const { upload } = begin(server, fileOf(100), at);
  await upload.start();
  assert.deepEqual(server.asked, ['begin', 'offset', 'part 100+0']);
  assert.equal(upload.state, 'done');
});

test('an upload that is a video already is not sent again', async () => {
  const server = new FakeServer();
  const at = await server.begin('a.mp4', 100);
  Object.assign(server.uploads.get(at), { has: 100, done: true });
  const { upload } = begin(server, fileOf(100), at);
  await upload.start();
  assert.deepEqual(server.asked, ['begin', 'offset']);
  assert.equal(upload.state, 'done');
});

test('an upload that the server dropped begins anew', async () => {
  const server = new FakeServer();
  const { upload } = begin(server, fileOf(100), '/api/videos/gone');
  await upload.start();
  assert.deepEqual(server.asked, ['offset', 'begin', 'part 0+100']);
  assert.equal(upload.state, 'done');
});

test('a refusal is told in the server’s words; a full disk keeps what came, a bad file keeps nothing', async () => {
  for (const [status, isKept] of [[507, true], [401, true], [400, false], [415, false], [413, false]]) {
    const server = new FakeServer();
    server.faults = [() => { throw new Problem(status, 'because of this'); }];
    const { upload } = begin(server, fileOf(10));
    await upload.start();
    assert.deepEqual([upload.state, upload.error, upload.at !== null], ['failed', 'because of this', isKept], String(status));
    assert.equal(upload.isHopeless, status === 400 || status === 415, String(status));
    await upload.start();
    assert.equal(upload.state, 'done');
  }
});

test('a busy server is waited for', async () => {
  const server = new FakeServer();
  server.faults = [429, 503, 500].map((status) => () => { throw new Problem(status, 'later'); });
  const { upload } = begin(server, fileOf(10));
  void upload.start();
  await until(() => upload.state === 'done');
  assert.equal(server.faults.length, 0);
});

test('a cancelled upload is dropped at the server too', async () => {
  const server = new FakeServer();
  const { upload } = begin(server, fileOf(PART_BYTES * 3));
  server.faults = [() => void upload.cancel()];
  await upload.start();
  await until(() => server.uploads.size === 0);
  assert.equal(server.asked.at(-1), 'remove');
});

test('a kept upload is known by its file, and what is no list is none', () => {
  const kept = new KeptUploads();
  kept.add('/api/videos/1', fileOf(10));
  kept.add('/api/videos/1', fileOf(10));
  assert.equal(kept.list().length, 1);
  assert.equal(kept.find(fileOf(10)).at, '/api/videos/1');
  assert.equal(kept.find(fileOf(11)), undefined);
  assert.equal(kept.find(fileOf(10, 'b.mp4')), undefined);
  assert.equal(kept.find(new File([new Uint8Array(10)], 'a.mp4', { lastModified: 8 })), undefined);
  kept.remove('/api/videos/1');
  assert.deepEqual(kept.list(), []);
  for (const broken of ['', '{}', '[null,{"at":3}]', '{{']) {
    stored.set('rtc-uploads', broken);
    assert.deepEqual(kept.list(), []);
  }
});

test('speed is of the last seconds and unknown at first', () => {
  let now = 0;
  const meter = new SpeedMeter(() => now);
  meter.add(0);
  assert.equal(meter.perSecond, 0);
  for (let i = 1; i <= 10; i++) {
    now = i * 500;
    meter.add(i * 500_000);
  }
  assert.equal(meter.perSecond, 1_000_000);
  meter.restart();
  assert.equal(meter.perSecond, 0);
});

test('sizes, lengths and ends are told as people say them', () => {
  assert.deepEqual([0, 1, 950_000, 12_400_000, 70_750_000, 131_000_000, 1_500_000_000].map(size),
    ['0 KB', '1 KB', '950 KB', '12.4 MB', '70.8 MB', '131 MB', '1.5 GB']);
  assert.deepEqual([0, 6.6, 723, 3723].map(length), ['0:00', '0:07', '12:03', '1:02:03']);
  const now = new Date(2026, 0, 1);
  const after = (hours) => libraryText.expires(new Date(now.getTime() + hours * 3_600_000), now);
  assert.deepEqual([after(-1), after(3), after(30 * 24)], ['Goes within the hour', 'Goes within a day', 'Goes in 30 days']);
  assert.equal(detailOf('{"detail":"why"}'), 'why');
  assert.equal(detailOf('<html>'), '');
});

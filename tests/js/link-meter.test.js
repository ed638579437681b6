import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkMeter } from '../../wwwroot/js/session/link-meter.js';

/** A connection whose statistics a test writes. */
function connection(rows) {
  return { getStats: async () => new Map(Object.entries(rows())) };
}

const inbound = (counts) => ({ type: 'inbound-rtp', kind: 'video', codecId: 'c', frameWidth: 640, frameHeight: 480, ...counts });
const lost = (packetsReceived, packetsLost) => ({ packetsReceived, packetsLost });
const buffered = (jitterBufferDelay, jitterBufferEmittedCount) => ({ jitterBufferDelay, jitterBufferEmittedCount });
const PATH = {
  t: { type: 'transport', selectedCandidatePairId: 'p' },
  p: { type: 'candidate-pair', currentRoundTripTime: 0.025, localCandidateId: 'l' },
  l: { type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
  c: { type: 'codec', mimeType: 'video/VP8' },
};

/** Readings of a meter, two seconds apart. */
async function readings(t, ...reports) {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const meter = new LinkMeter();
  const read = [];
  for (const report of reports) {
    read.push(await meter.read(connection(() => report)));
    now += 2_000;
  }
  return read;
}

test('rates come of two readings', async (t) => {
  const [first, second] = await readings(t,
    { ...PATH, v: inbound({ framesDecoded: 100, bytesReceived: 10_000, ...lost(90, 10), ...buffered(1, 100) }) },
    { ...PATH, v: inbound({ framesDecoded: 160, bytesReceived: 260_000, ...lost(165, 35), ...buffered(4, 160), freezeCount: 2 }) });
  assert.equal(first, null);
  assert.deepEqual(second, {
    inFps: 30, outFps: 0, inKbps: 1000, outKbps: 0, loss: 0.25, rttMs: 25, bufferMs: 50,
    width: 640, height: 480, codec: 'VP8', way: 'udp', freezes: 2,
  });
});

test('what is sent counts beside what is received', async (t) => {
  const size = { frameWidth: 1280, frameHeight: 720 };
  const sent = (framesEncoded, bytesSent) => ({ v: { type: 'outbound-rtp', kind: 'video', framesEncoded, bytesSent, ...size } });
  const [, second] = await readings(t, sent(0, 0), sent(50, 500_000));
  const { outFps, outKbps, width, rttMs, bufferMs, way } = second;
  const expected = { outFps: 25, outKbps: 2000, width: 1280, rttMs: null, bufferMs: 0, way: '' };
  assert.deepEqual({ outFps, outKbps, width, rttMs, bufferMs, way }, expected);
});

test('a relayed connection is called by its relay', async (t) => {
  const relayed = { ...PATH, l: { type: 'local-candidate', candidateType: 'relay', protocol: 'udp' } };
  const [, second] = await readings(t, relayed, relayed);
  assert.equal(second.way, 'relay');
});

test('counters that begin anew give no reading', async (t) => {
  const read = await readings(t, ...[500, 5, 45].map((framesDecoded) => ({ v: inbound({ framesDecoded }) })));
  assert.deepEqual(read.map((one) => one?.inFps ?? null), [null, null, 20]);
});

test('packets found again are no negative loss', async (t) => {
  const [, second] = await readings(t, { v: inbound(lost(10, 5)) }, { v: inbound(lost(20, 2)) });
  assert.equal(second.loss, 0);
});

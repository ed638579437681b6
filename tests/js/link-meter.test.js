import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkMeter } from '../../wwwroot/js/session/link-meter.js';

/** A connection whose statistics a test writes. */
function connection(rows) {
  return { getStats: async () => new Map(Object.entries(rows())) };
}

const inbound = (counts) => ({ type: 'inbound-rtp', kind: 'video', codecId: 'c', frameWidth: 640, frameHeight: 480, ...counts });
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
    { ...PATH, v: inbound({ framesDecoded: 100, bytesReceived: 10_000, packetsReceived: 90, packetsLost: 10, jitterBufferDelay: 1, jitterBufferEmittedCount: 100 }) },
    { ...PATH, v: inbound({ framesDecoded: 160, bytesReceived: 260_000, packetsReceived: 165, packetsLost: 35, jitterBufferDelay: 4, jitterBufferEmittedCount: 160, freezeCount: 2 }) });
  assert.equal(first, null);
  assert.deepEqual(second, {
    inFps: 30, outFps: 0, inKbps: 1000, outKbps: 0, loss: 0.25, rttMs: 25, bufferMs: 50, width: 640, height: 480, codec: 'VP8', way: 'udp', freezes: 2,
  });
});

test('what is sent counts beside what is received', async (t) => {
  const sent = (framesEncoded, bytesSent) => ({ v: { type: 'outbound-rtp', kind: 'video', framesEncoded, bytesSent, frameWidth: 1280, frameHeight: 720 } });
  const [, second] = await readings(t, sent(0, 0), sent(50, 500_000));
  assert.deepEqual([second.outFps, second.outKbps, second.width, second.rttMs, second.bufferMs, second.way], [25, 2000, 1280, null, 0, '']);
});

test('a relayed connection is called by its relay', async (t) => {
  const relayed = { ...PATH, l: { type: 'local-candidate', candidateType: 'relay', protocol: 'udp' } };
  const [, second] = await readings(t, relayed, relayed);
  assert.equal(second.way, 'relay');
});

test('counters that begin anew give no reading', async (t) => {
  const read = await readings(t, { v: inbound({ framesDecoded: 500 }) }, { v: inbound({ framesDecoded: 5 }) }, { v: inbound({ framesDecoded: 45 }) });
  assert.deepEqual(read.map((one) => one?.inFps ?? null), [null, null, 20]);
});

test('packets found again are no negative loss', async (t) => {
  const [, second] = await readings(t, { v: inbound({ packetsReceived: 10, packetsLost: 5 }) }, { v: inbound({ packetsReceived: 20, packetsLost: 2 }) });
  assert.equal(second.loss, 0);
});

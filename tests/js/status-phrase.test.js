import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phraseOf } from '../../wwwroot/js/panels/status-phrase.js';

const STATS = { level: 'high', detected_fps: 4.2, received_fps: 30 };

test('nothing is live without a picture that moves', () => {
  assert.equal(phraseOf({ state: 'live', phones: 0 }).words, 'Waiting for a camera');
  assert.equal(phraseOf({ state: 'live', phones: 1, hasPicture: false }).words, 'Waiting for the picture');
  assert.match(phraseOf({ state: 'live', phones: 1, hasPicture: true, stillMs: 4_000 }).words, /^No new picture for 4 s: /);
  for (const standing of [{ phones: 0 }, { hasPicture: false }, { stillMs: 4_000 }]) {
    assert.equal(phraseOf({ state: 'live', ...standing }).live, false);
  }
  assert.deepEqual(phraseOf({ state: 'live', phones: 1, hasPicture: true, stillMs: 1_000 }), { words: 'Live', tone: 'good', live: true });
});

test('a busy processor is named where most pictures are not looked at', () => {
  assert.equal(phraseOf({ state: 'live', stats: STATS }).words, '4 detections a second: the processor is busy');
  assert.equal(phraseOf({ state: 'live', stats: { ...STATS, detected_fps: 25 } }).words, 'Live');
  assert.equal(phraseOf({ state: 'live', stats: { ...STATS, level: 'optimal' } }).words, 'Live');
});

test('after a goodbye the server restarts; without network it does not', () => {
  assert.equal(phraseOf({ state: 'returning', restarting: true }).words, 'Server restarting, coming back');
  assert.equal(phraseOf({ state: 'returning' }).words, 'Connection lost, coming back');
  assert.match(phraseOf({ state: 'offline', restarting: true }).words, /offline/);
  assert.equal(phraseOf({ state: 'refused', reason: 'No.' }).words, 'No.');
});

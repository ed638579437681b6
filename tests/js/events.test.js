import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf } from '../../wwwroot/js/events/event-card.js';
import { isWithin, searchOf, searchOfForm, withWholeTimes } from '../../wwwroot/js/events/event-search.js';
import { eventsApi, queryOf } from '../../wwwroot/js/events/events-api.js';

test('a search goes between form, address and API without what is not looked for', () => {
  assert.deepEqual(searchOf('?room=demo&class=&token=x&rule=door'), { room: 'demo', rule: 'door' });
  assert.deepEqual(searchOfForm({ room: ' demo ', class: '', other: 'x' }), { room: 'demo' });
  assert.equal(queryOf({ room: 'a b' }, 'tok', { limit: '30' }), '?room=a+b&token=tok&limit=30');
  assert.equal(queryOf({}), '');
  assert.equal(eventsApi.exportAddress({ room: 'demo' }, 'csv'), '/api/events/export?room=demo&format=csv');
  assert.equal(eventsApi.streamAddress({ room: 'demo', from: 'x' }, undefined, 7), '/api/events/stream?room=demo&after=7');
});

test('times of this device become times of the world, and no time stays none', () => {
  const { from, to } = withWholeTimes({ from: '2030-01-01T12:00', to: 'nonsense' });
  assert.equal(from, new Date('2030-01-01T12:00').toISOString());
  assert.equal(to, undefined);
});

test('what happens now is shown where it lies in the time looked for', () => {
  assert.equal(isWithin({}, '2030-01-01T12:00:00+00:00'), true);
  assert.equal(isWithin({ from: '2030-01-01T00:00:00Z' }, '2030-01-01T01:00:00+00:00'), true);
  assert.equal(isWithin({ to: '2030-01-01T00:00:00Z' }, '2030-01-01T01:00:00+00:00'), false);
});

test('an event tells only what its rule measures', () => {
  const event = {
    when: 'zone_left', zone: 'door', class: 'person', direction: null, count: null, seconds: 75.4, confidence: 0.914,
  };
  assert.deepEqual(factsOf(event), ['Zone left', 'door', 'person', '1 min 15 s', '91 %']);
  assert.deepEqual(
    factsOf({ ...event, when: 'line_crossed', seconds: null, direction: 'backward', zone: null }),
    ['Line crossed', 'person', 'back', '91 %']);
});

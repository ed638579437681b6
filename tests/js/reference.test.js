import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { addressOf, curlLines, quote } from '../../wwwroot/js/reference/curl.js';
import { follow, kindOf, readGroups, readMessages } from '../../wwwroot/js/reference/document.js';

const root = JSON.parse(readFileSync(new URL('../../wwwroot/openapi/v1.json', import.meta.url), 'utf8'));
const operations = readGroups(root).flatMap(({ operations: own }) => own);
const named = (id) => operations.find((operation) => operation.id === id);
const ORIGIN = 'https://rtc.example';

/** The words that a shell makes of a command. */
function words(lines) {
  return execFileSync('sh', ['-c', `printf '%s\\n' ${lines.join('\n').replace(/^curl /, '')}`], { encoding: 'utf8' }).trimEnd().split('\n');
}

test('every operation of the document is in a group', () => {
  const methods = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'];
  const all = Object.values(root.paths).flatMap((item) => methods.flatMap((method) => item[method]?.operationId ?? []));
  assert.deepEqual(operations.map(({ id }) => id).sort(), all.sort());
});

test('references are followed, and one that leads nowhere is an error', () => {
  assert.equal(follow(root, { $ref: '#/components/parameters/Room' }).name, 'room');
  assert.throws(() => follow(root, { $ref: '#/components/parameters/Nothing' }));
});

test('an operation has the parameters of its path and its own', () => {
  const parameters = named('whip_trickle').parameters.map(({ name, where, required }) => [name, where, required]);
  assert.deepEqual(parameters, [['room', 'path', true], ['peer', 'path', true], ['If-Match', 'header', false]]);
});

test('keys are asked for, may be sent, or are of no use', () => {
  const keys = (id) => [named(id).takesKey, named(id).needsKey];
  assert.deepEqual([keys('tokens_create'), keys('whip_create'), keys('models_list')], [[true, true], [true, false], [false, false]]);
});

test('a schema is told in a few words', () => {
  assert.equal(kindOf({ type: 'integer', minimum: 0, maximum: 9, default: 3 }), 'integer, 0 to 9; 3 where it is left out');
  assert.equal(kindOf({ type: 'string', enum: ['a', 'b'] }), 'a, b');
  assert.equal(kindOf({ type: ['string', 'null'] }), 'string');
});

test('addresses hold examples and keep them apart', () => {
  assert.equal(addressOf(named('rooms_get'), ORIGIN), `${ORIGIN}/api/rooms/demo`);
  assert.equal(addressOf(named('qr'), ORIGIN), `${ORIGIN}/api/qr.svg?text=https%3A%2F%2F192.168.1.20%3A8443%2Fphone%3Froom%3Ddemo`);
});

test('a shell reads each command as it is meant', () => {
  assert.deepEqual(words(curlLines(named('tokens_create'), ORIGIN, true)), [
    `${ORIGIN}/api/tokens`, '-H', 'Authorization: Bearer KEY', '-H', 'Content-Type: application/json',
    '-d', '{"room":"demo","role":"phone","minutes":60}',
  ]);
  assert.deepEqual(words(curlLines(named('whip_end'), ORIGIN, false)), [`${ORIGIN}/whip/demo/3f9a0c52d1e84b7a`, '-X', 'DELETE', '-i']);
  assert.deepEqual(words(curlLines(named('whep_trickle'), ORIGIN, false)).slice(1, 5), ['-X', 'PATCH', '-H', 'If-Match: *']);
  assert.deepEqual(words(curlLines(named('rooms_heat'), ORIGIN, false)).slice(-2), ['-o', 'heat.png']);
});

test('tokens are sent where the server asks for them', () => {
  const sent = (id, keys) => curlLines(named(id), ORIGIN, keys).join(' ').includes('Bearer TOKEN');
  assert.deepEqual([sent('whip_create', true), sent('whip_create', false), sent('models_list', true)], [true, false, false]);
});

test('words are quoted for a shell', () => {
  assert.deepEqual(['plain-1.0', "it's *", '', 'a&b'].map(quote), ['plain-1.0', "'it'\\''s *'", "''", "'a&b'"]);
});

test('messages go both ways', () => {
  const ways = readMessages(root).map(({ name, direction }) => `${name} ${direction}`);
  assert.ok(ways.includes('select to server') && ways.includes('detections to client'));
  assert.deepEqual(readMessages({}), []);
});

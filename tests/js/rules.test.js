import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { RuleApi } from '../../wwwroot/js/rules/rule-api.js';
import { idOf, namesOf, newRule, RULE_FIELDS, WHENS } from '../../wwwroot/js/rules/rule-fields.js';
import { whenText } from '../../wwwroot/js/ui/rule-text.js';

let asked;
let answer;
beforeEach(() => {
  asked = [];
  globalThis.fetch = async (path, { method, headers, body }) => {
    asked.push([method, path, headers.authorization, body && JSON.parse(body)]);
    return { ok: answer[0] < 400, status: answer[0], json: async () => answer[1] };
  };
});

test('every kind of rule has words and says which fields it has', () => {
  assert.deepEqual(Object.keys(RULE_FIELDS).sort(), [...WHENS].sort());
  assert.deepEqual(WHENS, Object.keys(whenText));
});

test('classes are names with commas between them, each once', () => {
  assert.deepEqual(namesOf(' person, car ,, person '), ['person', 'car']);
  assert.deepEqual(namesOf('  '), []);
});

test('a new rule has an id of its name that no other has', () => {
  assert.equal(idOf('Zone entered', []), 'zone-entered');
  assert.equal(idOf('Zone entered', ['zone-entered', 'zone-entered-2']), 'zone-entered-3');
  assert.equal(idOf('…', []), 'rule');
});

test('a rule is put under its id, with the token of the room', async () => {
  answer = [201, { rule_id: 'a', name: 'A' }];
  const api = new RuleApi('my room', 'secret');
  await api.put({ ...newRule('A', 'door', 'zone_entered'), rule_id: 'a' });
  const [method, path, token, body] = asked[0];
  assert.deepEqual([method, path, token], ['PUT', '/api/rooms/my%20room/rules/a', 'Bearer secret']);
  assert.equal(body.when, 'zone_entered');
  assert.equal('rule_id' in body, false);
});

test('a refusal is the sentence of the server', async () => {
  answer = [400, { detail: 'when is one of …' }];
  await assert.rejects(new RuleApi('demo').remove('a'), /when is one of/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api } from '../../wwwroot/js/session/api.js';
import { furtherRoom, isRoomName, joinLinks, roomLink, secureLink, tokenFrom } from '../../wwwroot/js/session/join-links.js';

test('the code leads a phone to the room at the server\'s own address', () => {
  const links = joinLinks('https://192.168.7.7:8443/', 'kitchen');
  assert.deepEqual(links, {
    phone: 'https://192.168.7.7:8443/phone?room=kitchen',
    shown: '192.168.7.7:8443/phone?room=kitchen',
    openPhone: '/phone?room=kitchen',
    openView: '/view?room=kitchen',
    selftest: '/selftest?room=kitchen',
  });
  assert.equal(api.qr(links.phone), '/api/qr.svg?text=https%3A%2F%2F192.168.7.7%3A8443%2Fphone%3Froom%3Dkitchen');
});

test('a tunnel\'s token stays in the link', () => {
  assert.equal(joinLinks('https://a.example/phone?token=t%2Bx', 'demo').phone, 'https://a.example/phone?token=t%2Bx&room=demo');
});

test('only names that are safe in a link are rooms', () => {
  for (const room of ['demo', 'A-1_b', 'x'.repeat(64)]) assert.ok(isRoomName(room), room);
  for (const room of ['', 'a b', '../etc', 'a?b', 'é', 'x'.repeat(65), 'a\n']) assert.ok(!isRoomName(room), JSON.stringify(room));
});

test('an insecure page is led to the first https address', () => {
  const info = { phone_url: 'http://10.0.0.1:8080/', urls: ['http://10.0.0.1:8080/', 'https://10.0.0.1:8443/', 'https://b.example/'] };
  assert.equal(secureLink(info, '?room=demo&token=t'), 'https://10.0.0.1:8443/phone?room=demo&token=t');
  assert.equal(secureLink({ phone_url: 'https://a.example/x?y' }, ''), 'https://a.example/phone');
});

test('a server without https, or an answer that is none, leads nowhere', () => {
  for (const info of [{}, { phone_url: 'http://a.example/' }, { phone_url: 7, urls: 'https://a.example/' }, { urls: [null, 'https:'] }]) {
    assert.equal(secureLink(info, ''), null, JSON.stringify(info));
  }
});

test('a thumbnail is asked for anew each time, whatever the room\'s name', () => {
  assert.equal(api.thumbnail('a/b', 5), '/api/rooms/a%2Fb/thumbnail.jpg?t=5');
});

test('a token travels from page to page', () => {
  const token = 'AQIAAAAAZ3-_abcdefgh';
  const links = joinLinks('https://a.example/', 'demo', token);
  for (const link of Object.values(links)) assert.ok(link.endsWith(`room=demo&token=${token}`), link);
  assert.equal(roomLink('/view', 'demo'), '/view?room=demo');
});

test('a token is taken alone or out of a link, and nothing else is one', () => {
  const token = 'AQIAAAAAZ3-_abcdefgh';
  assert.equal(tokenFrom(` ${token} `), token);
  assert.equal(tokenFrom(`https://a.example/view?room=demo&token=${token}`), token);
  for (const typed of ['', 'short', 'https://a.example/view?room=demo', `${token} and more`]) assert.equal(tokenFrom(typed), null, typed);
});

test('one more camera takes the first room that is free', () => {
  assert.equal(furtherRoom('demo', [{ room: 'demo' }]), 'demo.2');
  assert.equal(furtherRoom('demo.2', [{ room: 'demo' }, { room: 'demo.2' }]), 'demo.3');
  assert.ok(isRoomName('demo.3'));
  assert.ok(!isRoomName('.demo'));
});

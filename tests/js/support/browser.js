// The little of a browser that the modules ask for outside of one, and peers that a test steers.

/** Gives this process a window, a document, storage and locks; nothing of them outlives the file's own process. */
export function installBrowser() {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const navigator = { onLine: true, locks: new FakeLocks() };
  const stored = new Map();
  const sessionStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, value),
    removeItem: (key) => stored.delete(key),
  };
  for (const [name, value] of Object.entries({ window, document, navigator, sessionStorage })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return { window, document, navigator, stored };
}

/** Locks by name; one that is held is not given until it is let go. */
export class FakeLocks {
  held = new Set();

  async request(name, _options, work) {
    if (this.held.has(name)) throw new Error('timeout');
    this.held.add(name);
    try {
      await work();
    } finally {
      this.held.delete(name);
    }
  }
}

/** A hub connection whose answers the test gives: a function of the call, or null where the server is away. */
export class FakeHub {
  isOpen = false;
  calls = [];

  constructor(server, onMessage, onLost) {
    this.server = server;
    this.push = onMessage;
    this.onLost = onLost;
  }

  async open() {
    if (this.server.away) throw new Error('away');
    this.isOpen = true;
  }

  async call(method, body) {
    this.calls.push(method);
    this.server.calls.push([method, body]);
    return this.server.answer(method, body);
  }

  lose() {
    this.isOpen = false;
    this.onLost();
  }

  async close() {
    this.isOpen = false;
  }
}

/** A connection that is up at once, unless the test says otherwise. */
export class FakeLink {
  isConnected = false;
  closed = false;
  repairs = 0;
  peerConnection = { connectionState: 'new' };

  constructor(server, options, listener) {
    this.server = server;
    this.options = options;
    this.listener = listener;
  }

  async connect() {
    this.isConnected = true;
    this.peerConnection.connectionState = 'connected';
  }

  async connected() {
    return this.isConnected;
  }

  async repair() {
    this.repairs++;
    this.isConnected = this.server.repairs;
    return this.server.repairs;
  }

  fail(error) {
    this.isConnected = false;
    this.peerConnection.connectionState = 'failed';
    this.listener.onError(error);
  }

  close() {
    this.isConnected = false;
    this.closed = true;
  }
}

/** Lets whatever is ready run, and every wait for the network end at once, until something holds. */
export async function until(holds, what = String(holds)) {
  for (let turn = 0; turn < 500; turn++) {
    if (holds()) return;
    await new Promise(setImmediate);
    window.dispatchEvent(new Event('online'));
  }
  throw new Error(`never: ${what}`);
}

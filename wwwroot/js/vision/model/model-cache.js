// Models that this browser keeps.

const CACHE = 'rtc-models';
const CONTENT_TYPE = 'application/octet-stream';

/** Models by the hash of their bytes, one for each address. Without a secure page a browser keeps nothing. */
export class ModelCache {
  /** @type {Promise<Cache|null>} */ #cache;

  /** @param {CacheStorage|undefined} storage */
  constructor(storage) {
    this.#cache = storage ? storage.open(CACHE).catch(() => null) : Promise.resolve(null);
  }

  /** What is kept for an address, and its hash. @param {string} url @returns {Promise<{hash: string, response: Response}|null>} */
  async find(url) {
    const cache = await this.#cache;
    for (const key of await this.#keysOf(url)) {
      const response = await cache?.match(key);
      if (response) return { hash: new URL(key.url).searchParams.get('sha256') ?? '', response };
    }
    return null;
  }

  /** Takes the place of what was kept for that address. @param {string} url @param {string} hash @param {Uint8Array} bytes */
  async keep(url, hash, bytes) {
    const cache = await this.#cache;
    if (!cache || hash === '') return;
    const old = await this.#keysOf(url);
    const body = new Response(/** @type {Uint8Array<ArrayBuffer>} */ (bytes), { headers: { 'content-type': CONTENT_TYPE } });
    try {
      await cache.put(addressOf(url, hash), body);
      for (const key of old) if (new URL(key.url).searchParams.get('sha256') !== hash) await cache.delete(key);
    } catch {
      // No room left on this device: the model works all the same, and is fetched again next time.
    }
  }

  /** @param {string} url */
  async #keysOf(url) {
    const cache = await this.#cache;
    const { pathname } = new URL(url);
    return (await cache?.keys() ?? []).filter((key) => new URL(key.url).pathname === pathname);
  }
}

/** @param {string} url @param {string} hash */
function addressOf(url, hash) {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}?sha256=${hash}`;
}

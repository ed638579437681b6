/** A browser lets go of a dead page's locks a moment after the next page has begun. */
const LOCK_WAIT_MS = 500;

/**
 * The resume token of this tab's place in a room, kept through a reload and through a crash of the page, so that the
 * server knows it at once for the same client. A lock says whether the page that wrote it still lives: a copied tab
 * takes a copy of the token along, and must not take the other one's place with it.
 */
export class KeptPlace {
  /** @type {string} */ #key;
  /** @type {Promise<boolean>|null} */ #mine = null;
  /** @type {(() => void)|null} */ #letGo = null;

  /** @param {string} room @param {string} role */
  constructor(room, role) {
    this.#key = `rtc-place ${role} ${room}`;
  }

  /** The token that an earlier page of this tab left behind, where that page is gone. @returns {Promise<string|undefined>} */
  async read() {
    const kept = load(this.#key);
    if (!kept) return undefined;
    return await this.#hold(kept) ? kept : undefined;
  }

  /** @param {string} resume */
  keep(resume) {
    if (load(this.#key) === resume && this.#mine) return;
    this.#release();
    save(this.#key, resume);
    void this.#hold(resume);
  }

  /** The place was given up on purpose. */
  forget() {
    this.#release();
    save(this.#key, null);
  }

  #release() {
    this.#letGo?.();
    this.#letGo = null;
    this.#mine = null;
  }

  /** @param {string} resume */
  #hold(resume) {
    this.#mine ??= new Promise((resolve) => {
      // Where there are no locks (plain http), a token is not taken up again either.
      if (!navigator.locks) return resolve(false);
      navigator.locks.request(`rtc-place ${resume}`, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }, () => {
        resolve(true);
        return new Promise((letGo) => { this.#letGo = () => letGo(undefined); });
      }).catch(() => resolve(false));
    });
    return this.#mine;
  }
}

/** @param {string} key */
function load(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string|null} value */
function save(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing joins as somebody new.
  }
}

/** Keeps the screen on while it is wanted; the system drops the lock whenever the page is hidden, so it is taken again. */
export class ScreenLock {
  /** @type {WakeLockSentinel|null} */ #lock = null;
  #wanted = false;
  #abort = new AbortController();

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.#wanted) void this.#take();
    }, { signal: this.#abort.signal });
  }

  /** @returns {Promise<boolean>} whether the screen will stay on */
  async keep() {
    this.#wanted = true;
    return this.#take();
  }

  async release() {
    this.#wanted = false;
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release().catch(() => {});
  }

  async #take() {
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return false;
    try {
      const lock = await navigator.wakeLock.request('screen');
      // One that comes when it is no longer wanted would keep the screen on for nobody.
      if (this.#wanted) this.#lock = lock;
      else await lock.release();
      return this.#wanted;
    } catch {
      return false;
    }
  }

  close() {
    this.#abort.abort();
    void this.release();
  }
}

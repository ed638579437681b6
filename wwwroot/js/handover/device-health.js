// Whether the device suffers: its battery runs low, or it grows hot.

const MIN_CHARGE = 0.15;
/** By the browser's measure: the next step is that the system throttles. */
const HOT = 'critical';

/** Listens where the browser tells; elsewhere nothing ever complains. */
export class DeviceHealth {
  #onChange;
  #isLow = false;
  #isHot = false;
  #abort = new AbortController();
  /** @type {any} */ #pressure = null;

  /** @param {(complains: boolean) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    void this.#watchBattery();
    void this.#watchPressure();
  }

  async #watchBattery() {
    const battery = await /** @type {any} */ (navigator).getBattery?.().catch(() => null);
    if (!battery) return;
    const read = () => {
      this.#isLow = !battery.charging && battery.level < MIN_CHARGE;
      this.#tell();
    };
    const { signal } = this.#abort;
    for (const name of ['levelchange', 'chargingchange']) battery.addEventListener(name, read, { signal });
    read();
  }

  async #watchPressure() {
    const Observer = /** @type {any} */ (globalThis).PressureObserver;
    if (!Observer?.knownSources?.includes('cpu')) return;
    try {
      this.#pressure = new Observer((/** @type {{state: string}[]} */ records) => {
        this.#isHot = records.at(-1)?.state === HOT;
        this.#tell();
      });
      await this.#pressure.observe('cpu', { sampleInterval: 2_000 });
    } catch {
      this.#pressure = null;
    }
  }

  #tell() {
    if (!this.#abort.signal.aborted) this.#onChange(this.#isLow || this.#isHot);
  }

  close() {
    this.#abort.abort();
    this.#pressure?.disconnect();
  }
}

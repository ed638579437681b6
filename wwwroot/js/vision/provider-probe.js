// Which provider is the quickest, by running the very model.

const WARM_UP = 1;
const RUNS = 10;
/** A provider this slow is not run ten times. */
const GIVE_UP_MS = 4_000;

/**
 * The median of ten runs behind one to warm up; fewer where they would take seconds.
 * @param {() => Promise<unknown>} run @param {() => number} [now]
 */
export async function timeRuns(run, now = () => performance.now()) {
  for (let i = 0; i < WARM_UP; i++) await run();
  const times = [];
  const began = now();
  while (times.length < RUNS && (times.length === 0 || now() - began < GIVE_UP_MS)) {
    const start = now();
    await run();
    times.push(now() - start);
  }
  return medianOf(times);
}

/** @param {readonly number[]} values */
export function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Tells when the device changes from one kind of network to another (Wi-Fi to mobile), where the browser knows: the
 * old way is dead then, and waiting for ICE to notice would cost seconds.
 * @param {() => void} onChange @param {AbortSignal} signal
 */
export function watchNetwork(onChange, signal) {
  const connection = /** @type {(EventTarget & {type?: string})|undefined} */ (/** @type {any} */ (navigator).connection);
  let kind = connection?.type;
  connection?.addEventListener('change', () => {
    if (connection.type === kind) return;
    kind = connection.type;
    if (kind !== 'none') onChange();
  }, { signal });
}

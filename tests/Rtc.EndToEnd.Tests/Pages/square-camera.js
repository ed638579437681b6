// A camera for the phone page, drawn: a still, grained background, alone for some seconds so that a background model
// can learn it, then one bright square that crosses it in a wave, in from the left and out at the right, again and again.
(() => {
  const WIDTH = 640;
  const HEIGHT = 480;
  const SIDE = 96;
  const WAVE = 90;
  const EMPTY_MS = 7_000;
  const CROSSING_MS = 5_000;
  const PAUSE_MS = 1_000;

  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const context = canvas.getContext('2d');
    const began = performance.now();
    setInterval(() => {
      for (let y = 0; y < HEIGHT; y += 16) {
        for (let x = 0; x < WIDTH; x += 16) {
          const grey = 70 + x * 40 / WIDTH + (((x / 16 * 31) ^ (y / 16 * 17)) & 15);
          context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
          context.fillRect(x, y, 16, 16);
        }
      }
      const share = ((performance.now() - began - EMPTY_MS) % (CROSSING_MS + PAUSE_MS)) / CROSSING_MS;
      if (share < 0 || share > 1) return;
      context.fillStyle = '#f4f4f4';
      context.fillRect(-SIDE + (WIDTH + SIDE) * share, (HEIGHT - SIDE) / 2 + WAVE * Math.sin(2 * Math.PI * share), SIDE, SIDE);
    }, 1000 / 30);
    return canvas.captureStream(30);
  };
})();

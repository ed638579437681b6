// Drives the page's own detection with pictures of the test's making.
window.vision = {
  /** Opens models in a worker; resolves with what it said when ready. */
  async open(open) {
    const { VisionClient } = await import('/js/vision/vision-client.js');
    this.client?.close();
    this.reports = [];
    return new Promise((resolve, reject) => {
      this.client = new VisionClient(
        { type: 'open', masks: [], provider: 'wasm', phone: false, settings: { confidence: 0.5, nms: 0.45, maxDetections: 100, perSecond: 30 }, ...open },
        {
          onReport: (report) => {
            this.reports.push(report);
            if (report.type === 'ready') resolve(report);
            if (report.type === 'error') reject(new Error(report.message));
            if (report.type === 'result') this.taken?.(report);
          },
          onRestart: (reason) => { reject(new Error(reason)); this.refused?.(new Error(reason)); },
        },
      );
    });
  },

  /** One picture through the worker. */
  look(picture, stampMs) {
    return new Promise((resolve, reject) => {
      this.taken = resolve;
      this.refused = reject;
      this.client.push(picture, stampMs);
    });
  },

  /** Grey, with red squares at these places. */
  squares(width, height, ...places) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    context.fillStyle = 'rgb(90 90 90)';
    context.fillRect(0, 0, width, height);
    context.fillStyle = 'rgb(255 0 0)';
    for (const place of places) context.fillRect(...place);
    return canvas.transferToImageBitmap();
  },

  async photo(base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
  },

  /** A second of a red square on grey, recorded in this browser. */
  async clip(place) {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 512, height: 512 });
    const context = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 4e6 });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((resolve) => { recorder.onstop = resolve; });
    recorder.start();
    for (let picture = 0; picture < 20; picture++) {
      context.fillStyle = 'rgb(90 90 90)';
      context.fillRect(0, 0, 512, 512);
      context.fillStyle = 'rgb(255 0 0)';
      context.fillRect(...place);
      await new Promise((resolve) => setTimeout(resolve, 33));
    }
    recorder.stop();
    await ended;
    return new File(parts, 'clip.webm', { type: 'video/webm' });
  },

  async choose(place) {
    const transfer = new DataTransfer();
    transfer.items.add(await this.clip(place));
    const input = document.querySelector('#file');
    input.files = transfer.files;
    input.dispatchEvent(new Event('change'));
  },
};

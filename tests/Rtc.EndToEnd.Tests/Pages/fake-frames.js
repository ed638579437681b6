// The frame socket's far end: answers each picture with a mask whose left half is one class, in the colour of the profile.
(() => {
  const masks = { fast: '__FAST__', motion: '__MOTION__' };
  const empty = '__EMPTY__';
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  window.WebSocket = class {
    static OPEN = 1;
    readyState = 1;
    bufferedAmount = 0;
    #mode = 'fast';
    #view = {};

    constructor() {
      window.__frames = { sent: 0, views: this.#view, socket: this };
      setTimeout(() => this.#connected(null), 5);
    }

    send(data) {
      if (typeof data === 'string') {
        const message = JSON.parse(data);
        this.#mode = message.config?.model_mode ?? message.model_mode ?? this.#mode;
        if (message.type === 'update_viz') Object.assign(this.#view, message.settings);
        else setTimeout(() => this.#connected(this.#mode), 5);
        return;
      }
      window.__frames.sent++;
      const header = new Uint8Array(data, 0, 16);
      const hidden = this.#view.class_filter && !this.#view.class_filter.includes('person');
      const file = bytes(hidden ? empty : masks[this.#mode]);
      const answer = new Uint8Array(16 + file.length);
      answer.set(header);
      answer[1] = 2;
      answer.set(file, 16);
      const metadata = { model_mode: this.#mode, model: 'fake', inference_time_ms: 5, fps: 20, dropped: 0, detected_classes: ['person'], coverage: { person: 0.5 }, colors: { person: [255, 0, 0] } };
      setTimeout(() => {
        this.onmessage?.({ data: JSON.stringify({ type: 'segmentation', id: new DataView(data).getUint32(4, true), data: null, metadata }) });
        this.onmessage?.({ data: answer.buffer });
      }, 5);
    }

    close() {
      this.readyState = 3;
      this.onclose?.({});
    }

    #connected(mode) {
      this.onmessage?.({ data: JSON.stringify({ type: 'connected', status: 'ready', model_mode: mode, available_models: ['fast', 'motion'], unavailable_models: { balanced: 'none', accurate: 'none' }, class_labels: ['background', 'person'], default_colormap: {} }) });
    }
  };
})();

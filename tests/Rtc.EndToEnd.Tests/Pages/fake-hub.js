// Stands in for /lib/signalr.min.js in page tests: a hub and a "server" that live inside the page, so that what the
// pages do can be tried with no server, at the moment the test chooses. window.fake is the test's handle on it.
(() => {
  const WIDTH = window.fakeWidth ?? 640;
  const HEIGHT = window.fakeHeight ?? 480;
  // As few as pages still move with: every picture is painted by the processor, and the tests share two.
  const FPS = window.fakeFps ?? 12;
  const SETTINGS = { mode: 'annotate', model: 'auto', confidence: 0.25, blur: 0.6, classes: [], detect_every: 1, mask_every: 2, trails: 0, zones: [] };
  const MODELS = [
    { name: 'yolox-nano', task: 'detect', licence: 'Apache-2.0', on_disk: !window.fakeNoModels, provider: 'cpu', problem: null },
    { name: 'yolox-s', task: 'detect', licence: 'Apache-2.0', on_disk: false, provider: null, problem: null },
  ];
  const Native = window.RTCPeerConnection;
  /** The far ends of the page's connections, by the room that they are in. */
  const servers = new Map();
  const roomOfPage = new URLSearchParams(location.search).get('room') ?? 'demo';

  const fake = {
    calls: [],
    hubs: [],
    settings: { ...SETTINGS },
    model: 'motion',
    provider: 'embedded',
    level: 'optimal',
    targetId: null,
    rights: window.fakeRights ?? 'operator',
    joinError: window.fakeJoinError ?? null,
    offline: false,
    empty: window.fakeEmpty ?? false,
    keepPeer: true,
    phones: 1,
    peerId: 'peer-1',
    peers: [],
    boxes: sceneAt(0),
    push(type, body) {
      if (fake.server) fake.server.push(type, body);
      else fake.hub?.receive(type, body);
    },
    /** Of the room that the page was opened for; its other cameras have their own. */
    get server() { return servers.get(roomOfPage) ?? null; },
    hubOf(room) { return fake.hubs.findLast((hub) => hub.state === 'Connected' && (hub.place?.room ?? room) === room); },
    get hub() { return fake.hubOf(roomOfPage); },
    tracksSent() { return fake.peers.at(-1).getSenders().map(({ track }) => track).filter(Boolean); },
    dropHub() { fake.hub?.drop(); },
    dropPeer() { fake.server?.close(); },
    callsOf(method) { return fake.calls.filter((call) => call.method === method).map((call) => call.body); },
  };
  window.fake = fake;
  if (Native) {
    window.RTCPeerConnection = class extends Native {
      constructor(...args) {
        super(...args);
        fake.peers.push(this);
      }
    };
  }

  function sceneAt(ms) {
    const turn = ms / 1000;
    const ax = 0.5 + 0.3 * Math.cos(turn);
    const bx = 0.5 - 0.3 * Math.cos(turn * 0.8);
    return [
      { track_id: 7, label: 'person', score: 0.91, xmin: ax - 0.07, ymin: 0.2, xmax: ax + 0.07, ymax: 0.55, predicted: false },
      { track_id: 8, label: 'bicycle', score: 0.62, xmin: bx - 0.1, ymin: 0.62, xmax: bx + 0.1, ymax: 0.86, predicted: false },
    ];
  }

  // An ellipse in the held box, as the server's run lengths.
  function maskOf(box) {
    const width = 160;
    const height = 120;
    const rle = [];
    let value = 0;
    let run = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const dx = ((x + 0.5) / width - (box.xmin + box.xmax) / 2) / ((box.xmax - box.xmin) / 2);
        const dy = ((y + 0.5) / height - (box.ymin + box.ymax) / 2) / ((box.ymax - box.ymin) / 2);
        const inside = dx * dx + dy * dy < 1 ? 1 : 0;
        if (inside !== value) {
          rle.push(run);
          run = 0;
          value = inside;
        }
        run++;
      }
    }
    rle.push(run);
    return { track_id: box.track_id, width, height, rle };
  }

  function paint(context, boxes) {
    const sky = context.createLinearGradient(0, 0, 0, HEIGHT);
    sky.addColorStop(0, '#39556e');
    sky.addColorStop(1, '#8a9a86');
    context.fillStyle = sky;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = '#22313d';
    for (let x = 0; x < WIDTH; x += 40) context.fillRect(x, 300 + (x * 7) % 60, 3, 180);
    for (const [index, box] of boxes.entries()) {
      context.fillStyle = index === 0 ? '#e8e2d0' : '#c2452d';
      context.fillRect(box.xmin * WIDTH, box.ymin * HEIGHT, (box.xmax - box.xmin) * WIDTH, (box.ymax - box.ymin) * HEIGHT);
    }
  }

  /** The other end of the page's connection. */
  class FakeServer {
    constructor({ room, role, view }) {
      this.room = room;
      this.role = role;
      this.view = view;
      this.pc = new Native({ encodedInsertableStreams: true });
      this.frame = 0;
      this.pc.ondatachannel = ({ channel }) => {
        this.channel = channel;
        channel.onmessage = ({ data }) => {
          const body = JSON.parse(data);
          fake.calls.push({ method: 'channel', body });
          if (body.type === 'ping') channel.send(JSON.stringify({ type: 'pong', id: body.id, server_ts: Date.now() }));
        };
      };
      this.pc.ontrack = ({ track }) => {
        this.film = document.createElement('video');
        this.film.muted = true;
        this.film.srcObject = new MediaStream([track]);
        this.film.play().catch(() => {});
      };
    }

    async answer(sdp) {
      const again = this.pc.signalingState === 'stable' && this.pc.remoteDescription !== null;
      await this.pc.setRemoteDescription({ type: 'offer', sdp });
      const transceiver = this.pc.getTransceivers().find((one) => one.receiver.track.kind === 'video');
      if (transceiver && !again) {
        const wanted = /a=(sendrecv|recvonly)/.test(sdp.slice(sdp.indexOf('m=video')));
        transceiver.direction = this.role === 'phone' ? (wanted ? 'sendrecv' : 'recvonly') : 'sendonly';
        // The legacy transform stalls a receiver that nobody reads.
        if (this.role === 'phone') {
          const streams = transceiver.receiver.createEncodedStreams();
          streams.readable.pipeTo(streams.writable).catch(() => {});
        }
        if (this.role === 'viewer' || wanted) await this.startPicture(transceiver.sender);
        else this.startTicking();
      }
      await this.pc.setLocalDescription();
      await new Promise((resolve) => {
        if (this.pc.iceGatheringState === 'complete') resolve();
        this.pc.onicegatheringstatechange = () => this.pc.iceGatheringState === 'complete' && resolve();
        setTimeout(resolve, 300);
      });
      return this.pc.localDescription.sdp;
    }

    async startPicture(sender) {
      const canvas = document.createElement('canvas');
      canvas.width = WIDTH;
      canvas.height = HEIGHT;
      const context = canvas.getContext('2d');
      const [track] = canvas.captureStream(FPS).getVideoTracks();
      await sender.replaceTrack(track);
      const streams = sender.createEncodedStreams();
      const self = this;
      streams.readable.pipeThrough(new TransformStream({
        transform(frame, out) {
          self.publish(frame.getMetadata().rtpTimestamp ?? frame.timestamp);
          out.enqueue(frame);
        },
      })).pipeTo(streams.writable).catch(() => {});
      this.timer = setInterval(() => {
        fake.boxes = sceneAt(performance.now());
        if (this.film) context.drawImage(this.film, 0, 0, WIDTH, HEIGHT);
        else paint(context, fake.boxes);
        if (this.view !== 'source') {
          context.strokeStyle = '#29e0a9';
          context.lineWidth = 3;
          for (const box of fake.boxes) context.strokeRect(box.xmin * WIDTH, box.ymin * HEIGHT, (box.xmax - box.xmin) * WIDTH, (box.ymax - box.ymin) * HEIGHT);
        }
      }, 1000 / FPS);
      this.stats = setInterval(() => this.publishStats(), 1000);
    }

    startTicking() {
      this.timer = setInterval(() => {
        fake.boxes = sceneAt(performance.now());
        this.publish((performance.now() * 90) >>> 0);
      }, 1000 / FPS);
      this.stats = setInterval(() => this.publishStats(), 1000);
    }

    push(type, body) {
      if (this.channel?.readyState === 'open') this.channel.send(JSON.stringify({ type, ...body }));
      else fake.hubOf(this.room)?.receive(type, body);
    }

    publish(timestamp) {
      this.frame++;
      const held = fake.boxes.find(({ track_id }) => track_id === fake.targetId);
      this.push('detections', {
        room: this.room, frame_id: this.frame, rtp_timestamp: timestamp >>> 0, capture_ts: null, recv_ts: Date.now(), inference_ts: Date.now(),
        width: WIDTH, height: HEIGHT, model: fake.model, provider: fake.provider, level: fake.level, target_id: fake.targetId,
        detections: fake.empty ? [] : fake.boxes, mask: held && this.frame % fake.settings.mask_every === 0 ? maskOf(held) : null,
        timings_ms: { queue: 1, detect: 12, track: 0.1, mask: 0 },
      });
    }

    publishStats() {
      this.push('stats', {
        room: this.room, level: fake.level, model: fake.model, provider: fake.provider, received_fps: 30, detected_fps: 24.5 + 4 * Math.sin(performance.now() / 3000), rendered_fps: 30,
        age_ms: 31 + 9 * Math.sin(performance.now() / 2000), queue_ms: 1.2, detect_ms: 12, bitrate_kbps: 1650, loss: 0, dropped: 2, viewers: 1, phones: fake.phones,
        zones: fake.settings.zones.map(({ name, points }) => ({ name, inside: points.length > 2 ? 1 : 0, entered: 3, left: 2, mean_dwell_seconds: points.length > 2 ? 4.2 : 0, per_class: {} })),
      });
    }

    close() {
      clearInterval(this.timer);
      clearInterval(this.stats);
      this.pc.close();
    }
  }

  class HubConnection {
    constructor() {
      this.state = 'Disconnected';
      this.handlers = new Map();
      this.closers = [];
      fake.hubs.push(this);
    }

    on(name, handler) { this.handlers.set(name, handler); }
    onclose(handler) { this.closers.push(handler); }
    receive(type, body) { this.handlers.get(type)?.(body); }

    async start() {
      if (fake.offline) throw new Error('Failed to fetch');
      this.state = 'Connected';
    }

    async stop() {
      this.state = 'Disconnected';
      for (const closer of this.closers) closer();
    }

    drop() {
      this.state = 'Disconnected';
      for (const closer of this.closers) closer(new Error('WebSocket closed'));
    }

    async invoke(method, body) {
      if (fake.offline || this.state !== 'Connected') throw new Error('not connected');
      fake.calls.push({ method, body });
      const refuse = (sentence) => { throw new Error(`An unexpected error occurred invoking '${method}' on the server. HubException: ${sentence}`); };
      switch (method) {
        case 'Join':
          if (fake.joinError) refuse(fake.joinError);
          this.place = { room: body.room, role: body.role, view: body.view };
          if (body.resume && !(fake.keepPeer && servers.has(body.room))) fake.peerId = `peer-${fake.calls.length}`;
          setTimeout(() => this.receive('peers', { phones: fake.phones, viewers: 1 }), 0);
          return { peer_id: fake.peerId, resume: 'resume-token', rights: fake.rights, ice_servers: [], settings: fake.settings, models: MODELS };
        case 'Offer':
          if (!servers.has(this.place.room)) servers.set(this.place.room, new FakeServer(this.place));
          return { sdp: await servers.get(this.place.room).answer(body.sdp) };
        case 'Candidate':
          await servers.get(this.place.room)?.pc.addIceCandidate({ candidate: body.candidate, sdpMid: body.sdp_mid }).catch(() => {});
          return null;
        case 'Restart':
        case 'Leave':
          servers.get(this.place?.room)?.close();
          servers.delete(this.place?.room);
          return null;
        case 'Select': {
          const hit = fake.boxes.find((box) => body.x >= box.xmin && body.x <= box.xmax && body.y >= box.ymin && body.y <= box.ymax);
          if (!hit) refuse('nothing_there: There is no object there.');
          fake.targetId = hit.track_id;
          return null;
        }
        case 'Release':
          fake.targetId = null;
          return null;
        case 'Configure':
          if (body.confidence > 1) refuse('bad_value: Confidence is between 0 and 1.');
          fake.settings = { ...fake.settings, ...body };
          this.receive('settings', body);
          return null;
        default:
          return refuse(`bad_request: no method ${method}`);
      }
    }
  }

  window.signalR = {
    LogLevel: { None: 6 },
    HubConnectionState: { Connected: 'Connected' },
    HubConnectionBuilder: class {
      withUrl() { return this; }
      configureLogging() { return this; }
      build() { return new HubConnection(); }
    },
  };
})();

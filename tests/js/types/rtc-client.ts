// The readme's examples as a program with types sees them; the compiler checks this file, nothing runs it.
import { RtcClient, RtcError, type DetectionsMessage, type Job, type RoomConnection } from '../../../packages/rtc-client/rtc-client.js';

export async function use(stream: MediaStream, film: Blob): Promise<Job> {
  const client = new RtcClient('https://rtc.example', { token: 't', key: 'vr_k' });
  const room: RoomConnection = await client.watch('demo', { view: 'source', video: true });
  const picture: MediaStream | null = room.stream;
  room.on('detections', ({ detail }) => {
    const message: DetectionsMessage = detail;
    const labels: string[] = message.detections.map(({ label }) => label);
    return [labels, message.mask?.rle.length];
  }).on('close', ({ detail }) => detail.toUpperCase());
  await room.configure({ mode: 'focus', zones: [{ name: 'door', points: [[0.1, 0.2], [0.4, 0.9]] }] });
  await room.select(0.5, 0.5, 1);
  // @ts-expect-error there is no such mode
  await room.configure({ mode: 'upside down' });
  // @ts-expect-error nor such an event
  room.on('nothing', () => {});
  const camera = await client.publish('demo', picture ?? stream, { mode: 'privacy', name: 'Hall', takeover: true });
  camera.close();
  for await (const event of client.followEvents({ room: 'demo', after: 7 })) if (event.class === 'person') break;
  const { video_id: id } = await client.upload(film, 'film.mp4');
  const job = await client.waitForJob(await client.createJob(id, 'analyse', { masks: false }));
  if (job.status === 'failed') throw new RtcError('failed', job.error ?? '', null);
  return job;
}

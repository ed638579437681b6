namespace Rtc.Bench;

/// <summary>
/// What pages share that publish a picture with a clock in it and read the clock back from the picture that returns: the
/// body of a script, which goes before a page's own.
/// </summary>
internal static class ClockPage
{
    /// <summary>
    /// <c>drawClock(pen)</c> writes the time into the upper left corner; <c>clockReader(video, width)</c> gives a function
    /// that says when it looked (<c>seen</c>) and what the clock in the picture said (<c>drawn</c>); <c>player(pc)</c> is a
    /// video element that plays what arrives; <c>gathered(pc)</c> sets the local offer and waits for its candidates;
    /// <c>vp8()</c> is the codecs to prefer.
    /// </summary>
    public const string Script = """

          const CELL = 16, BITS = 32;
          const drawClock = (pen) => {
            const code = Math.round(performance.now() * 10) >>> 0;
            for (let i = 0; i < BITS; i++) {
              pen.fillStyle = (code >>> i) & 1 ? '#ffffff' : '#000000';
              pen.fillRect((i % 16) * CELL, Math.floor(i / 16) * CELL, CELL, CELL);
            }
          };
          const clockReader = (video, width) => {
            const eye = document.createElement('canvas'); eye.width = 16 * CELL; eye.height = 2 * CELL;
            const look = eye.getContext('2d', { willReadFrequently: true });
            return () => {
              // Chromium may send a smaller picture while it does not know the way yet.
              const shrunk = video.videoWidth / width;
              look.drawImage(video, 0, 0, eye.width * shrunk, eye.height * shrunk, 0, 0, eye.width, eye.height);
              const seen = performance.now();
              const data = look.getImageData(0, 0, eye.width, eye.height).data;
              let code = 0;
              for (let i = 0; i < BITS; i++) {
                const x = (i % 16) * CELL + CELL / 2, y = Math.floor(i / 16) * CELL + CELL / 2;
                if (data[(y * eye.width + x) * 4 + 1] > 128) code |= 1 << i;
              }
              return { seen, drawn: (code >>> 0) / 10 };
            };
          };
          const player = (pc) => {
            const video = document.createElement('video');
            video.muted = true; video.playsInline = true; document.body.append(video);
            pc.ontrack = (e) => { video.srcObject = new MediaStream([e.track]); video.play(); };
            return video;
          };
          const gathered = async (pc) => {
            await pc.setLocalDescription(await pc.createOffer());
            await new Promise((done) => {
              if (pc.iceGatheringState === 'complete') done();
              pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done();
              setTimeout(done, 2000);
            });
          };
          const vp8 = () => RTCRtpReceiver.getCapabilities('video').codecs.filter((c) => /VP8|rtx/i.test(c.mimeType));

        """;
}

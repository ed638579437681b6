"""10,000 pictures whose results are lost, late, doubled and swapped, over the wrap of RTP's clock. Prints what came of them as JSON."""
import json
import random
import sys

sys.path.insert(0, sys.argv[1])
from binding import Binding, detections_of  # noqa: E402

PICTURES = 10_000
WAIT = 30
rng = random.Random(int(sys.argv[2]))
timestamps, at = [], 2**32 - 3000 * 4000
for _ in range(PICTURES):
    timestamps.append(at % 2**32)
    at += rng.choice([3000, 3000, 3003, 2997, 6000])

# When each thing arrives: a picture at its own time, its result earlier, later, much later, twice or never.
arrivals, expected, lost = [], set(), 0
for number, timestamp in enumerate(timestamps):
    arrivals.append((float(number), 0, number, None))
    kind = rng.random()
    if kind < 0.15:
        lost += 1
        continue
    delay = rng.uniform(-3, 8) if kind < 0.85 else rng.uniform(0, WAIT - 1) if kind < 0.93 else rng.uniform(WAIT + 1, 200)
    box = {"track_id": number % 7, "label": f"of {number}", "score": 0.5, "xmin": 0.25, "ymin": 0.5, "xmax": 0.5, "ymax": 1.0}
    message = {"rtp_timestamp": timestamp, "detections": [box]}
    arrivals += [(number + delay, 1, number, message)] * (2 if kind > 0.98 else 1)
    if delay < WAIT - 1:
        expected.add(number)

binding, out = Binding(WAIT), []
for _, kind, number, message in sorted(arrivals, key=lambda one: one[:3]):
    out += binding.result(message) if kind else binding.picture(timestamps[number], number)

bound, wrong, classes = set(), 0, {}
for picture, message in out:
    found = detections_of(message, 640, 480, classes)
    if message is not None:
        bound.add(picture)
        wrong += found.data["class_name"][0] != f"of {picture}" or found.xyxy[0].tolist() != [160, 240, 320, 480]
print(json.dumps({
    "pictures": len(out), "in_order": [p for p, _ in out] == sorted(p for p, _ in out), "lost": lost, "bound": len(bound),
    "wrong": int(wrong), "missed": len({number for number in expected if number < len(out)} - bound),
}))

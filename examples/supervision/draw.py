#!/usr/bin/python3
"""A room's picture with boxes drawn by the package supervision, as a film.

It needs aiortc and supervision. Each box is on the very picture in which it was found.

    draw.py http://localhost:8080 demo film.mp4 --pictures 300
"""
import argparse
import asyncio
import pathlib
import sys

import supervision as sv

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "python"))
from binding import Binding, detections_of  # noqa: E402
from rtc_client import Room  # noqa: E402


async def draw(server, name, film, pictures, token):
    boxes, labels, classes, binding = sv.BoxAnnotator(), sv.LabelAnnotator(), {}, Binding()
    async with Room(server, name, token) as room:
        await room.watch(view="source")
        ready = asyncio.Queue()

        async def results():
            async for message in room.detections():
                for pair in binding.result(message):
                    ready.put_nowait(pair)

        async def frames():
            while True:
                frame = await room.track.recv()
                for pair in binding.picture(room.timestamp_of(frame), frame):
                    ready.put_nowait(pair)

        tasks = [asyncio.create_task(work()) for work in (results, frames)]
        frame, message = await ready.get()
        with sv.VideoSink(film, sv.VideoInfo(frame.width, frame.height, fps=30)) as sink:
            for _ in range(pictures):
                found = detections_of(message, frame.width, frame.height, classes)
                names = [f"{label} {track}" for label, track in zip(found.data["class_name"], found.tracker_id)]
                sink.write_frame(labels.annotate(boxes.annotate(frame.to_ndarray(format="bgr24"), found), found, names))
                frame, message = await ready.get()
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("room")
    parser.add_argument("film")
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--token")
    options = parser.parse_args()
    asyncio.run(draw(options.server, options.room, options.film, options.pictures, options.token))

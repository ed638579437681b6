#!/usr/bin/env python3
"""Sends pictures to the server's frame socket and writes a mask for each.

    python3 examples/python/segment.py ws://localhost:8080/ws street.jpg people.jpg --mode fast --out masks

Needs the package websockets (Debian: python3-websockets). A token, where the server asks for one, goes behind the
address: wss://example.org/ws?token=…
"""
import argparse
import asyncio
import base64
import json
import pathlib
import sys

import websockets


async def receive(socket, kind):
    """The next message of that kind; an error ends the program, what else comes is passed over."""
    while True:
        message = json.loads(await socket.recv())
        if message["type"] == kind:
            return message
        if message["type"] == "error":
            raise SystemExit(f"{message['code']}: {message['message']}")


async def run(options):
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    async with websockets.connect(options.address, max_size=None) as socket:
        greeting = await receive(socket, "connected")
        print("profiles:", ", ".join(greeting["available_models"]))
        await socket.send(json.dumps({"type": "init", "config": {"model_mode": options.mode} if options.mode else {}}))
        ready = await receive(socket, "connected")
        print("using", ready["model_mode"], "with", len(ready["class_labels"]), "classes")
        for number, name in enumerate(options.images):
            picture = pathlib.Path(name)
            data = base64.b64encode(picture.read_bytes()).decode()
            await socket.send(json.dumps({"type": "frame", "data": data, "timestamp": number}))
            answer = await receive(socket, "segmentation")
            mask = out / (picture.stem + ".png")
            mask.write_bytes(base64.b64decode(answer["data"]))
            facts = answer["metadata"]
            found = ", ".join(f"{label} {share:.1%}" for label, share in facts["coverage"].items()) or "nothing"
            print(f"{picture.name}: {found} ({facts['inference_time_ms']:.0f} ms) -> {mask}")


def main():
    parser = argparse.ArgumentParser(description="Masks of pictures from the frame socket.")
    parser.add_argument("address", help="ws://host:port/ws or wss://…")
    parser.add_argument("images", nargs="+", help="JPEG files")
    parser.add_argument("--mode", help="fast, balanced, accurate or motion; the server's first where it is left out")
    parser.add_argument("--out", default=".", help="folder of the masks")
    options = parser.parse_args()
    try:
        asyncio.run(run(options))
    except (OSError, websockets.WebSocketException) as error:
        sys.exit(f"segment.py: {error}")


if __name__ == "__main__":
    main()

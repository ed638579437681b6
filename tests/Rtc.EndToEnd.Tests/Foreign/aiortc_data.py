#!/usr/bin/python3
"""aiortc as the other end of data channels.

Reads an offer, a JSON string in one line, and prints its answer in the same way. Then the channel "control" says
what to do, one JSON object a message; see IDataAgent.cs. Ends with its input.
"""
import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


def text(length):
    return "".join(chr(97 + i % 26) for i in range(length))


def pattern(length):
    return bytes((i * 31 + 7) & 255 for i in range(length))


class Agent:
    def __init__(self, pc):
        self.pc = pc
        self.channels = {}
        self.heard = {}

    def keep(self, channel):
        self.channels[channel.label] = channel
        self.heard[channel.label] = []

        @channel.on("close")
        def on_close():
            if self.channels.get(channel.label) is channel:
                del self.channels[channel.label]

        @channel.on("message")
        def on_message(data):
            if channel.label == "control":
                asyncio.ensure_future(self.perform(json.loads(data)))
            elif channel.label.startswith("echo"):
                channel.send(data)
            else:
                self.heard[channel.label].append(int(data.split(" ")[0]))

    async def perform(self, command):
        label = command.get("label")
        channel = self.channels.get(label)
        what = command["what"]
        if what == "open":
            options = command.get("options") or {}
            self.keep(self.pc.createDataChannel(label, **options))
        elif what == "close":
            channel.close()
        elif what == "make":
            channel.send(text(command["size"]) if command["text"] else pattern(command["size"]))
        elif what == "burst":
            for i in range(command["count"]):
                channel.send(f"{i} {text(command['size'])}")
                if i % 4 == 3:
                    await asyncio.sleep(0.004)
        elif what == "report":
            self.channels["control"].send(json.dumps({
                "open": [name for name, c in self.channels.items() if c.readyState == "open"],
                "heard": self.heard.get(label, []),
                "ordered": channel.ordered if channel else None,
                "retransmits": channel.maxRetransmits if channel else None,
                "lifetime": channel.maxPacketLifeTime if channel else None,
            }))


async def main():
    loop = asyncio.get_event_loop()
    offer = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    agent = Agent(pc)
    pc.on("datachannel", agent.keep)
    await pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await pc.setLocalDescription(await pc.createAnswer())
    print(json.dumps(pc.localDescription.sdp), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        pass
    await pc.close()


asyncio.run(main())

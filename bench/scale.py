#!/usr/bin/env python3
"""What a cluster carries, by what its parts were measured to cost: rooms and viewers are put on nodes by the server's own rules.

    bench/scale.py --nodes 1000 --rooms 20000 --viewers 1000000
    bench/scale.py --largest 0.5        half of all viewers watch one room
    bench/scale.py --no-relay           every viewer is served by the node that has the room

No node, socket or picture is real; docs/SCALE.md says where each cost comes from.
"""

import argparse
import random
from bisect import bisect_left
from itertools import accumulate

# Cores: docs/BENCHMARKS.md, "Many viewers of one room" (0.17 at 100 viewers, 0.36 at 300) and "How many fit" (1.01 for 6 with boxes).
CORES_VIEWER = (0.36 - 0.17) / 200
CORES_ROOM = 1.01 / 6
MBIT = 0.8

# docs/SCALE.md, "What a hop costs": to take a feed in, beside what each viewer behind it costs.
CORES_FEED = 0.004

# A node's report as it goes from node to node, without the way back to it; what each node asks of the database each second.
REPORT_BYTES = 137
TOLD_AT_ONCE = 100
STATEMENTS = 2

# Copies that one node takes at most (MediaLoop.MaxOwnSockets); viewers of further rooms are sent to the owner.
MAX_COPIES = 256

# Placement.Margin of src/Rtc.Cluster, and the load from which on it counts (NodeReport).
MARGIN = 0.08
BUSY = 0.7


class Node:
    def __init__(self):
        self.rooms = 0
        self.viewers = 0
        self.copies = set()
        self.feeds = 0

    def cores(self):
        return (self.rooms * CORES_ROOM + (self.viewers + self.feeds) * CORES_VIEWER + len(self.copies) * CORES_FEED)

    def megabits(self):
        return (self.viewers + self.feeds) * MBIT


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--rooms", type=int, default=20_000)
    parser.add_argument("--viewers", type=int, default=1_000_000)
    parser.add_argument("--cores", type=float, default=16, help="of a node")
    parser.add_argument("--gigabits", type=float, default=10, help="of a node's network, outwards")
    parser.add_argument("--largest", type=float, default=0.1, help="share of all viewers that watches one room")
    parser.add_argument("--skew", type=float, default=1.0, help="the n-th of the other rooms has viewers as 1/n to this power")
    parser.add_argument("--no-relay", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    asked = parse()
    chance = random.Random(asked.seed)
    nodes = [Node() for _ in range(asked.nodes)]

    def fill(node):
        load = max(node.cores() / asked.cores, node.megabits() / (asked.gigabits * 1000))
        return load if load >= BUSY else 0

    # A room stays where its camera asks, unless that node clearly has more to do than another.
    owners = []
    for _ in range(asked.rooms):
        here = chance.choice(nodes)
        other = min(chance.sample(nodes, min(8, len(nodes))), key=lambda node: (fill(node), node.rooms))
        owner = other if fill(here) > fill(other) + MARGIN or fill(here) >= 1 else here
        owner.rooms += 1
        owners.append(owner)

    weights = [1 / (place ** asked.skew) for place in range(1, asked.rooms)]
    total = sum(weights) or 1
    shares = list(accumulate([asked.largest] + [(1 - asked.largest) * weight / total for weight in weights]))
    at_largest = refused = sent_on = relayed = 0
    for _ in range(asked.viewers):
        room = min(bisect_left(shares, chance.random() * shares[-1]), asked.rooms - 1)
        owner, here = owners[room], chance.choice(nodes)
        has_place = room in here.copies or len(here.copies) < MAX_COPIES
        if here is not owner and (asked.no_relay or not has_place or fill(here) >= 1):
            sent_on += 1
            here = owner
        if fill(here) >= 1:
            refused += 1
            continue
        if here is not owner and room not in here.copies:
            # The owner has to carry one more, as it would a viewer.
            if fill(owner) >= 1:
                refused += 1
                continue
            here.copies.add(room)
            owner.feeds += 1
        relayed += here is not owner
        here.viewers += 1
        at_largest += room == 0

    largest = owners[0]
    spread = sum(0 in node.copies for node in nodes)
    loads = sorted(node.cores() / asked.cores for node in nodes)
    rates = sorted(node.megabits() / 1000 for node in nodes)
    copies = sum(len(node.copies) for node in nodes)
    served = asked.viewers - refused
    print(f"{asked.nodes} nodes of {asked.cores:g} cores and {asked.gigabits:g} Gbit/s, {asked.rooms} rooms, {asked.viewers} viewers")
    print(f"served        {served} ({served / max(1, asked.viewers):.1%}), of them {relayed} by a copy; {sent_on} sent to the owner")
    print(f"largest room  {at_largest} viewers; its owner sends {spread} copies of it and has {largest.cores():.1f} cores to do")
    print(f"copies        {copies}, {copies / len(nodes):.0f} a node; {served / max(1, served - relayed + copies):.1f} viewers a stream sent")
    print(f"cores used    {loads[len(loads) // 2]:.0%} of a node (median), {loads[-1]:.0%} (most)")
    print(f"sent          {rates[len(rates) // 2]:.2f} Gbit/s a node (median), {rates[-1]:.2f} (most)")
    reports = asked.nodes * min(asked.nodes, TOLD_AT_ONCE + 1) * REPORT_BYTES * 8 / 1e6
    heard = -(-asked.nodes // TOLD_AT_ONCE)
    print(f"reports       {reports:.0f} Mbit/s out of the grain that hears all nodes, each within {heard} s; "
          f"{asked.nodes * STATEMENTS} statements a second")


if __name__ == "__main__":
    main()

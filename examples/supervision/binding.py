"""Brings a room's pictures and results together, by the RTP timestamp that both bear."""
from collections import OrderedDict

import numpy
import supervision as sv

# RTP's clock comes round every 13 hours (RFC 3550 section 5.1); a picture's number is its own for far longer than it waits.
WRAP = 2**32


class Binding:
    """Pictures in their order, each with the result that names it, or with None where none came in time.

    Results may be lost, late, or overtake each other and their pictures. A picture waits for its own until `wait` newer ones are
    there; a result for a picture that has gone is dropped, and never laid over another.
    """

    def __init__(self, wait=30):
        self._wait = wait
        self._pictures = OrderedDict()
        self._results = OrderedDict()
        self._newest = None

    def picture(self, timestamp, picture):
        """One more picture; gives those that are ready, as (picture, result)."""
        self._newest = timestamp
        self._pictures[timestamp] = picture
        return self._ready()

    def result(self, message):
        """One more result; gives those that are ready."""
        timestamp = message["rtp_timestamp"]
        is_past = self._newest is not None and (self._newest - timestamp) % WRAP < WRAP // 2
        if timestamp in self._pictures or not is_past:
            self._results[timestamp] = message
            while len(self._results) > 2 * self._wait:
                self._results.popitem(last=False)
        return self._ready()

    def _ready(self):
        ready = []
        while self._pictures:
            timestamp = next(iter(self._pictures))
            if timestamp not in self._results and len(self._pictures) <= self._wait:
                break
            ready.append((self._pictures.pop(timestamp), self._results.pop(timestamp, None)))
        return ready


def detections_of(message, width, height, classes):
    """A result as supervision has it, in pixels. `classes` gives each label a number, and grows."""
    found = message["detections"] if message else []
    boxes = numpy.array([[one["xmin"], one["ymin"], one["xmax"], one["ymax"]] for one in found], dtype=float).reshape(-1, 4)
    return sv.Detections(
        xyxy=boxes * numpy.array([width, height, width, height]),
        confidence=numpy.array([one["score"] for one in found], dtype=float),
        class_id=numpy.array([classes.setdefault(one["label"], len(classes)) for one in found], dtype=int),
        tracker_id=numpy.array([one["track_id"] for one in found], dtype=int),
        data={"class_name": numpy.array([one["label"] for one in found], dtype=str)},
    )

"""Stands in for the package of that name, where it can't be had: Detections with the package's own signature and checks of shape."""
from dataclasses import dataclass, field
from typing import Any, Optional

import numpy


@dataclass
class Detections:
    xyxy: numpy.ndarray
    mask: Optional[numpy.ndarray] = None
    confidence: Optional[numpy.ndarray] = None
    class_id: Optional[numpy.ndarray] = None
    tracker_id: Optional[numpy.ndarray] = None
    data: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        count = len(self.xyxy)
        if self.xyxy.ndim != 2 or self.xyxy.shape != (count, 4):
            raise ValueError(f"xyxy must be a 2D numpy array with shape ({count}, 4)")
        for name in ("confidence", "class_id", "tracker_id"):
            values = getattr(self, name)
            if values is not None and values.shape != (count,):
                raise ValueError(f"{name} must be a 1D numpy array with shape ({count},)")
        for name, values in self.data.items():
            if len(values) != count:
                raise ValueError(f"Length mismatch for key '{name}'")

    def __len__(self):
        return len(self.xyxy)

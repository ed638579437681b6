"""An independent reading of YOLOX-nano with OpenCV's DNN: RTC_TEST_DATA=… python3 yolox.py PICTURE…"""
import os
import sys

import cv2
import numpy as np

SIZE = 416
net = cv2.dnn.readNetFromONNX(os.path.join(os.environ["RTC_TEST_DATA"], "models/yolox_nano.onnx"))


def read(picture, confidence=0.25, overlap=0.45):
    height, width = picture.shape[:2]
    scale = min(SIZE / height, SIZE / width)
    w, h = round(width * scale), round(height * scale)
    canvas = np.full((SIZE, SIZE, 3), 114, np.uint8)
    canvas[:h, :w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_LINEAR)
    net.setInput(canvas.astype(np.float32).transpose(2, 0, 1)[None])
    rows = net.forward()[0]
    cells, strides = [], []
    for stride in (8, 16, 32):
        n = SIZE // stride
        y, x = np.mgrid[:n, :n]
        cells.append(np.stack([x, y], -1).reshape(-1, 2))
        strides.append(np.full((n * n, 1), stride))
    cells, strides = np.concatenate(cells), np.concatenate(strides)
    centre = (rows[:, :2] + cells) * strides
    size = np.exp(rows[:, 2:4]) * strides
    scores = rows[:, 4:5] * rows[:, 5:]
    classes, scores = scores.argmax(1), scores.max(1)
    boxes = np.concatenate([centre - size / 2, centre + size / 2], 1) / scale
    found = []
    for one in np.unique(classes[scores >= confidence]):
        mine = (classes == one) & (scores >= confidence)
        flat = [[float(l), float(t), float(r - l), float(b - t)] for l, t, r, b in boxes[mine]]
        for i in np.array(cv2.dnn.NMSBoxes(flat, scores[mine].tolist(), confidence, overlap)).flatten():
            found.append((int(one), float(scores[mine][i]), *map(float, boxes[mine][i])))
    return sorted(found, key=lambda row: -row[1])


for name in sys.argv[1:]:
    for row in read(cv2.imread(name)):
        print(row[0], "%.3f %.1f %.1f %.1f %.1f" % row[1:])

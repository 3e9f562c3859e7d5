"""Compares the documents' sweep, 7 x 7 networks on the digits, with what Keras made of it.

    compare_with_keras_sweep.py FOLDER

FOLDER is that of `cnn-dist sweep --learning-rate 1e-5:10:log7 --l2 1e-5:10:log7`. The numbers are means of three seeds of Keras
3.15.1 on TensorFlow 2.21.0: the documents' network, split and unscaled pixels, 100 epochs, batch 100. Between two of those seeds
the mean difference of the test accuracy was 0.039 to 0.056.
"""
import json
import pathlib
import sys

VALUES = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10]
# Rows: learning rate; columns: L2.
TEST = [
    [0.109, 0.106, 0.099, 0.142, 0.129, 0.093, 0.115],
    [0.471, 0.484, 0.502, 0.394, 0.375, 0.387, 0.114],
    [0.914, 0.885, 0.885, 0.896, 0.895, 0.140, 0.094],
    [0.975, 0.971, 0.972, 0.976, 0.952, 0.089, 0.089],
    [0.961, 0.932, 0.967, 0.971, 0.625, 0.089, 0.078],
    [0.090, 0.090, 0.090, 0.090, 0.090, 0.078, 0.078],
    [0.095, 0.095, 0.095, 0.095, 0.078, 0.078, 0.078],
]
TRAIN = [
    [0.111, 0.109, 0.096, 0.118, 0.120, 0.111, 0.118],
    [0.501, 0.487, 0.521, 0.404, 0.389, 0.403, 0.115],
    [0.931, 0.930, 0.916, 0.934, 0.921, 0.159, 0.103],
    [0.998, 0.999, 0.998, 0.996, 0.954, 0.104, 0.104],
    [1.000, 0.984, 1.000, 0.983, 0.639, 0.104, 0.104],
    [0.103, 0.103, 0.103, 0.103, 0.103, 0.104, 0.104],
    [0.102, 0.102, 0.102, 0.102, 0.104, 0.104, 0.104],
]
# Keras' mean where a network has learned nothing, and what one that has not may reach by luck.
CHANCE, LUCK = 0.115, 0.2

records = [
    json.loads(line)
    for journal in pathlib.Path(sys.argv[1], "journal").glob("*.jsonl")
    for line in journal.read_text().splitlines()
]


def accuracies(split):
    cells = {}
    for record in records:
        point = record["point"]
        cell = (VALUES.index(point["optimizer.learning_rate"]), VALUES.index(point["l2"]))
        cells.setdefault(cell, []).append(record[split]["accuracy"])
    assert len(cells) == 49, f"{len(cells)} cells"
    return [[sum(cells[i, j]) / len(cells[i, j]) for j in range(7)] for i in range(7)]


def difference(ours, theirs):
    return sum(abs(a - b) for mine, other in zip(ours, theirs) for a, b in zip(mine, other)) / 49


test, train = accuracies("validation"), accuracies("training")
best = max(map(max, test))
print(f"mean difference from Keras: test {difference(test, TEST):.4f}, training {difference(train, TRAIN):.4f}")
print(f"best cell {best:.4f}; Keras' seeds 0.989, 0.983, 0.978")
odd = [
    f"learning rate {VALUES[i]:g}, L2 {VALUES[j]:g}: {test[i][j]:.3f}, Keras {TEST[i][j]:.3f}"
    for i in range(7)
    for j in range(7)
    if (TEST[i][j] <= CHANCE) != (test[i][j] <= CHANCE) and max(TEST[i][j], test[i][j]) > LUCK
]
print("at chance in one of the two only:", "; ".join(odd) or "none")
sys.exit(0 if difference(test, TEST) <= 0.04 and best >= 0.975 and not odd else "not the same picture")

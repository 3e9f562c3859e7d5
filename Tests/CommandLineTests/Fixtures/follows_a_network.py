"""Follows a small network through its training, in the report that headless Chromium shows.

    python3 -B follows_a_network.py PROGRAM [--screenshots FOLDER]

The slider is moved by keys, by hand and by Play; what the nodes and lines say must be what parameters.jsonl has of that
epoch. The page must not write an error to the console, nor ask for anything but itself. Needs nothing but Python and
chromium.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

from opens_in_chromium import Chromium

STORE = pathlib.Path(__file__).parents[3] / "datasets" / "byhand_cnn_batch.h5"
KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "PageUp": 33, "PageDown": 34, "Home": 36, "End": 35}


def press(browser, key):
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=KEYS[key])


def shown_epoch(browser):
    return int(browser.evaluate("document.getElementById('network-shown').textContent").removeprefix("epoch "))


def numbers(browser, kind):
    texts = browser.evaluate(f"[...document.querySelectorAll('#network-drawing .{kind}')].map((text) => text.textContent)")
    return [float(text.replace("\u2212", "-").removeprefix("b ")) for text in texts if text]


def check_numbers(browser, head, epochs, sample=0):
    """Everything that the drawing says, against what was recorded."""
    epoch = epochs[shown_epoch(browser)]
    kernel, bias, weights, last_bias = epoch["parameters"]
    outputs = epoch["outputs"]
    # The input, the map, the output, then the kernel; Reshape and Flatten have the same numbers.
    nodes = head["samples"][sample]["image"] + outputs[1][sample]
    expected = sorted(nodes + kernel + outputs[3][sample])
    close(sorted(numbers(browser, "output")), expected, 6e-4)
    close(numbers(browser, "weight"), weights, 6e-5)
    close(sorted(numbers(browser, "bias")), sorted(bias + last_bias), 6e-5)
    slopes = [number for values in epoch.get("gradients", []) for number in values]
    close(sorted(numbers(browser, "gradient")), sorted(slopes), 6e-4)


def close(found, expected, most):
    assert len(found) == len(expected), f"{len(found)} numbers, expected {len(expected)}"
    for one, other in zip(found, expected):
        assert abs(one - other) <= most, f"found {found}, expected {expected}"


def follow(browser, page, head, epochs, width, screenshots):
    browser.open(page.as_uri(), width)
    overflow = browser.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"the page is {overflow} pixels wider than a window of {width}"
    assert shown_epoch(browser) == 0
    check_numbers(browser, head, epochs)

    slider = "document.getElementById('network-epoch')"
    browser.evaluate(f"{slider}.focus()")
    for key, epoch in [("ArrowRight", 1), ("ArrowRight", 2), ("PageUp", 12), ("ArrowLeft", 11), ("End", 60)]:
        press(browser, key)
        assert shown_epoch(browser) == epoch, f"{key} shows epoch {shown_epoch(browser)}, expected {epoch}"
        check_numbers(browser, head, epochs)

    # The middle of a logarithmic slider: 61 to the power of a half is between 7 and 8.
    browser.evaluate(f"{slider}.value = 500; {slider}.dispatchEvent(new Event('input'))")
    assert shown_epoch(browser) == 7, shown_epoch(browser)
    sample = "document.getElementById('network-sample')"
    browser.evaluate(f"{sample}.value = 9; {sample}.dispatchEvent(new Event('change'))")
    check_numbers(browser, head, epochs, sample=9)
    if screenshots:
        browser.screenshot(screenshots / f"network-{width}.png")

    play = "document.getElementById('network-play')"
    browser.evaluate(f"{play}.click()")
    deadline = time.monotonic() + 20
    while shown_epoch(browser) <= 7:
        assert time.monotonic() < deadline, "Play shows no other epoch"
        time.sleep(0.05)
    browser.evaluate(f"{play}.click()")
    check_numbers(browser, head, epochs, sample=9)

    complaints = list(browser.complaints())
    assert not complaints, complaints


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        run = pathlib.Path(temporary) / "run"
        subprocess.run(
            [arguments.program, "train", "--model", "byhand-cnn", "--store", str(STORE), "--loss", "half_squared_error",
             "--learning-rate", "0.2", "--batch-size", "10", "--epochs", "60", "--record-parameters", "--quiet",
             "--output", str(run)], check=True)
        subprocess.run([arguments.program, "report", str(run)], check=True, stdout=subprocess.DEVNULL)
        lines = [json.loads(line) for line in (run / "parameters.jsonl").read_text().splitlines()]
        browser = Chromium(f"{temporary}/profile")
        for width in (1280, 420):
            follow(browser, run / "report.html", lines[0]["network"], lines[1:], width, arguments.screenshots)
        browser.quit()
    print("the network is followed in Chromium: no error, no request, every number is the recorded one")


main()

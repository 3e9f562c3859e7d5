"""Opens the report of a sweep in headless Chromium, as a reader would from a disk.

    python3 opens_in_chromium.py PROGRAM [SWEEP] [--screenshots FOLDER]

Without a sweep it makes one up, with a trial in every state and texts that would like to be markup. The page must not
write an error to the console, nor ask for anything but itself; its heat maps must be seen and its table must sort, by
mouse and by keyboard, on a wide and on a narrow window. Needs nothing but Python and chromium.
"""

import argparse
import base64
import json
import os
import pathlib
import subprocess
import tempfile


class Chromium:
    """A browser that is spoken to through two pipes, in the DevTools protocol."""

    def __init__(self, profile):
        to_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()
        # The browser reads its descriptor 3 and writes to 4.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", "chromium", "--headless",
             "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            pass_fds=[to_browser, from_browser], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.received, self.events, self.number, self.session = b"", [], 0, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.received:
            piece = os.read(self.answers, 1 << 20)
            assert piece, "the browser has ended"
            self.received += piece
        message, self.received = self.received.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def open(self, url, width):
        self.events.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def press_enter(self):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13)

    def screenshot(self, path):
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(picture["data"]))

    def complaints(self):
        """What the console shows as an error, and what was asked for beside the page."""
        for event in self.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                yield parameters["exceptionDetails"]
            elif method == "Runtime.consoleAPICalled":
                yield parameters
            elif method == "Log.entryAdded":
                yield parameters["entry"]
            elif method == "Network.requestWillBeSent" and parameters["type"] != "Document":
                if not parameters["request"]["url"].startswith("data:"):
                    yield parameters["request"]["url"]

    def quit(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(timeout=20)


COLUMN = """[...document.querySelectorAll('#trials tbody tr')].map(
    (row) => row.cells[%d].dataset.value ?? row.cells[%d].textContent)"""


def numbers(browser, column):
    """The numbers of a column from the top, and how many empty cells follow them."""
    texts = browser.evaluate(COLUMN % (column, column))
    filled = [text for text in texts if text]
    assert texts[:len(filled)] == filled, f"empty cells are not last: {texts}"
    return [float(text) for text in filled]


def check(browser, page, width, screenshots):
    browser.open(page.as_uri(), width)
    maps = browser.evaluate("""[...document.querySelectorAll('#settings figure img')].map((image) => {
        const place = image.getBoundingClientRect();
        return image.complete && image.naturalWidth > 0 && place.width > 200 && place.height > 100 &&
          place.left >= 0 && place.right <= innerWidth;
    })""")
    assert len(maps) >= 2 and all(maps), f"heat maps: {maps}"
    overflow = browser.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"the page is {overflow} pixels wider than a window of {width}"

    headings = browser.evaluate("[...document.querySelectorAll('#trials th')].map((heading) => heading.textContent)")
    column = next(i for i, heading in enumerate(headings) if heading.strip() in ("test accuracy", "validation accuracy"))
    heading = f"document.querySelectorAll('#trials th')[{column}]"
    browser.evaluate(f"{heading}.querySelector('button').click()")
    found = numbers(browser, column)
    assert found == sorted(found) and len(found) > 1, f"a click does not sort: {found}"
    assert browser.evaluate(f"{heading}.getAttribute('aria-sort')") == "ascending"
    browser.evaluate(f"{heading}.querySelector('button').focus()")
    browser.press_enter()
    found = numbers(browser, column)
    assert found == sorted(found, reverse=True), f"a key does not sort: {found}"
    assert browser.evaluate(f"{heading}.getAttribute('aria-sort')") == "descending"

    complaints = list(browser.complaints())
    assert not complaints, complaints
    if screenshots:
        browser.screenshot(screenshots / f"report-{width}.png")


def make_sweep(folder):
    """A grid of three by three with a trial in every state."""
    markup = "<img src=https://example.org/x onerror=alert(1)>\"\u0301 onload='alert(2)'</script>"
    rates, penalties = [0.001, 0.1, 10], [1e-05, 0.001, 1]
    (folder / "journal").mkdir(parents=True)
    axis = lambda setting, values: {"setting": setting, "values": values, "scale": "logarithmic", "is_range": False}
    (folder / "sweep.json").write_text(json.dumps({
        "axes": [axis("optimizer.learning_rate", rates), axis("l2", penalties)], "repeats": 1, "trials": 9,
        "is_latin_hypercube": False, "stopping": "median", "store": markup, "store_fingerprint": "", "validation": "test", "model": markup,
        "epochs": 3, "program": "0.1.0", "configuration": markup}))
    outcomes = ["completed", "completed", "stopped", "completed", "failed", "diverged", "diverged", "completed"]
    lines = []
    for number, outcome in enumerate(outcomes):
        accuracy = (number * 5 % 8 + 1) / 10
        split = {} if outcome == "failed" else {"accuracy": accuracy}
        lines.append(json.dumps({
            "key": str(number), "trial": number + 1,
            "point": {"optimizer.learning_rate": rates[number // 3], "l2": penalties[number % 3]}, "seed": 0,
            "outcome": outcome, "epochs": 3, "training": split, "validation": split, "seconds": 1.5 + number,
            "training_seconds": 1, "images_per_second": 10000 / (number + 1), "group": 0, "finished": "",
            "configuration": markup, "reason": None if outcome == "completed" else markup,
            "curve": [{"epoch": epoch, "accuracy": accuracy * epoch / 3, "validation_accuracy": accuracy * epoch / 3}
                      for epoch in (1, 2, 3)]}) + "\n")
    (folder / "journal" / "1.jsonl").write_text("".join(lines))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("sweep", nargs="?")
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = pathlib.Path(arguments.sweep or f"{temporary}/sweep").resolve()
        if not arguments.sweep:
            make_sweep(folder)
        subprocess.run([arguments.program, "report", str(folder)], check=True, stdout=subprocess.DEVNULL)
        browser = Chromium(f"{temporary}/profile")
        for width in (1280, 420):
            check(browser, folder / "report.html", width, arguments.screenshots)
        browser.quit()
    print("the report opens in Chromium: no error, no request, heat maps seen, table sorts")


if __name__ == "__main__":
    main()

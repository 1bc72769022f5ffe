#!/usr/bin/env python3
"""`edgetasks demo` in a real browser: headless Chromium with a camera that it makes up itself.

  demo_browser_test.py EDGETASKS SOURCE_DIR [SCREENSHOT.png]

Drops pictures into the page, chooses one, drops a file that is no picture, films, and compares what the page shows
with what `edgetasks classify` says. Ends with 77 (skipped) where there is no Chromium.
"""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
TIMEOUT_S = 120  # slow machines start a browser slowly
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
         "--window-size=1000,700", "--remote-debugging-pipe"]


class Browser:
    """Chromium over its debugging pipe: JSON messages that end with a zero byte, in on 3, out on 4."""

    def __init__(self, program, profile):
        ours_in, theirs_out = os.pipe()
        theirs_in, self._out = os.pipe()
        # Out of the way first: 3 and 4 may be among them.
        high_in, high_out = (os.dup2(fd, number) for fd, number in ((theirs_in, 103), (theirs_out, 104)))
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", f'exec "$0" "$@" 3<&{high_in} 4>&{high_out}', program, *FLAGS,
             f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(high_in, high_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for fd in (theirs_in, theirs_out, high_in, high_out):
            os.close(fd)
        self._in = os.fdopen(ours_in, "rb")
        self._pending, self._id, self._session, self._loaded, self.problems = b"", 0, None, False, []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def _receive(self):
        while b"\0" not in self._pending:
            chunk = os.read(self._in.fileno(), 1 << 16)
            if not chunk:
                sys.exit("FAIL: the browser ended")
            self._pending += chunk
        message, self._pending = self._pending.split(b"\0", 1)
        answer = json.loads(message)
        self._loaded |= answer.get("method") == "Page.loadEventFired"
        return answer

    def navigate(self, url):
        """Opens a page and returns when it is loaded: before, scripts run in the page that was there."""
        self._loaded = False
        self.call("Page.navigate", url=url)
        while not self._loaded:
            self._receive()

    def call(self, method, **params):
        self._id += 1
        message = {"id": self._id, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.problems.append(answer["params"]["exceptionDetails"])
            if answer.get("method") == "Log.entryAdded" and answer["params"]["entry"]["level"] == "error":
                self.problems.append(answer["params"]["entry"])
            if answer.get("id") == self._id:
                if "error" in answer:
                    sys.exit(f"FAIL: {method}: {answer['error']}")
                return answer["result"]

    def evaluate(self, script):
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit(f"FAIL: {script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait_for(self, what, script):
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            value = self.evaluate(script)
            if value:
                return value
            time.sleep(0.05)
        sys.exit(f"FAIL: waited {TIMEOUT_S} s for {what}; the page shows: "
                 + str(self.evaluate("document.body.innerText")))

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def expect(what, got, expected):
    if got != expected:
        sys.exit(f"FAIL: {what}: got {got!r}, expected {expected!r}")


DROP = """(() => {
  const bytes = Uint8Array.from(atob(%s), c => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], %s, {type: %s}));
  document.getElementById("drop").dispatchEvent(
      new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
})()"""
SHOWN = """[...document.querySelectorAll("#labels li")].map(
    item => [item.querySelector(".name").textContent, item.querySelector("div span:last-child").textContent])"""


def drop(browser, data, name, kind):
    browser.evaluate(DROP % tuple(json.dumps(text) for text in (base64.b64encode(data).decode(), name, kind)))


def test_page(browser, url, edgetasks, model, samples, screenshot):
    browser.navigate(url)
    browser.wait_for("the model's name", 'document.getElementById("model").textContent.includes("48 classes")')
    for name in ("panda", "rocket"):
        picture = samples / f"{name}.png"
        said = json.loads(subprocess.run([edgetasks, "classify", model, str(picture), "--json"], check=True,
                                         capture_output=True).stdout)
        drop(browser, picture.read_bytes(), picture.name, "image/png")
        browser.wait_for(f"the labels of {name}", f"JSON.stringify({SHOWN}).startsWith('[[\"{name}\"')")
        expect(f"labels of {name}", browser.evaluate(SHOWN),
               [[c["category_name"], f"{c['score']:.3f}"] for c in said[0]["classifications"][0]["categories"]])
        width = browser.evaluate('parseFloat(document.querySelector("#labels .fill").style.width)')
        expect("the first bar", round(width, 3),
               round(100 * said[0]["classifications"][0]["categories"][0]["score"], 3))
    browser.wait_for("the picture", 'document.getElementById("picture").naturalWidth > 0')
    if not browser.evaluate('/ms to classify/.test(document.getElementById("latency").textContent)'):
        sys.exit("FAIL: no latency is shown")
    capture(browser, screenshot, "picture")

    expect("no problem so far", browser.problems, [])
    drop(browser, b"no picture at all", "notes.png", "image/png")
    browser.wait_for("an error", 'document.getElementById("error").textContent.includes("not a picture")')
    expect("labels beside an error", browser.evaluate(SHOWN), [])
    browser.problems.clear()  # the browser notes the refused request

    browser.evaluate('document.getElementById("film").click()')
    browser.wait_for("ten frames", '+(/frame (\\d+)/.exec(document.getElementById("latency").textContent) || [0, 0])[1] >= 10')
    expect("labels of a frame", len(browser.evaluate(SHOWN)), 5)
    expect("the video", browser.evaluate('[document.getElementById("video").videoWidth, '
                                         'document.getElementById("video").hidden]'), [640, False])
    capture(browser, screenshot, "film")
    browser.evaluate('document.getElementById("film").click()')
    browser.wait_for("the end of the film", 'document.getElementById("video").hidden && stream === null')
    expect("no problem with the film", browser.problems, [])
    expect("nothing from elsewhere",
           browser.evaluate('performance.getEntriesByType("resource").filter('
                            'entry => !entry.name.startsWith(location.origin) && !/^(blob|data):/.test(entry.name)'
                            ').length'), 0)


def capture(browser, screenshot, name):
    if screenshot:
        image = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
        pathlib.Path(f"{screenshot}-{name}.png").write_bytes(image)


def main():
    edgetasks, source = sys.argv[1], pathlib.Path(sys.argv[2])
    screenshot = sys.argv[3] if len(sys.argv) > 3 else None
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        print("SKIPPED: demo in a browser: there is no chromium (Debian package chromium)")
        sys.exit(SKIPPED)
    model = str(source / "models/emoji/emoji_int8.tflite")
    server = subprocess.Popen([edgetasks, "demo", model, "--port", "0"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    try:
        url = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            browser = Browser(program, profile)
            try:
                test_page(browser, url, edgetasks, model, source / "models/emoji/samples", screenshot)
            finally:
                browser.close()
    finally:
        server.terminate()
        server.wait()
    print("PASSED")


if __name__ == "__main__":
    main()

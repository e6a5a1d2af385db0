"""The browser in which the report is read: headless Chromium, for one page after another.

REPORT and HOSTILE name two pages: that of the demonstration, and one whose names are markup.
PICTURES, if set, names a folder for pictures of every view.
"""

import base64
import json
import os
import pathlib
import shutil
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

REPORT = pathlib.Path(os.environ["REPORT"]).resolve()
HOSTILE = pathlib.Path(os.environ["HOSTILE"]).resolve()
PICTURES = os.environ.get("PICTURES")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Every card is opened in turn, faster than by hand.
    "--disable-ipc-flooding-protection",
    "--window-size=1280,900",
]


class Browser(unittest.TestCase):
    """One browser for all tests; each opens its page anew."""

    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.mkdtemp()
        options = Options()
        options.binary_location = shutil.which("chromium")
        for flag in [*FLAGS, f"--user-data-dir={cls.profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        cls.driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()
        shutil.rmtree(cls.profile, ignore_errors=True)

    def setUp(self):
        self.page = None

    def open(self, view="", page=REPORT):
        self.check_what_it_asked()
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.page = page.as_uri()
        self.driver.get(self.page + "#" + view)

    def tearDown(self):
        self.check_what_it_asked()

    def check_what_it_asked(self):
        """No word in the console, no request but the one for the page."""
        if self.page is None:
            return
        self.assertEqual(self.driver.get_log("browser"), [])
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        self.assertIn(self.page, [url.split("#")[0] for url in asked])
        others = [url for url in asked if url.split("#")[0] != self.page]
        self.assertEqual([url for url in others if not url.startswith("data:")], [])

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def phone(self):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True},
        )

    def pause(self, condition, *arguments):
        """Waits until a condition in the page's own language holds."""
        wait = WebDriverWait(self.driver, 30, poll_frequency=0.02)
        wait.until(lambda _: self.js("return " + condition, *arguments))

    def column(self, number):
        """What a column of the ranking says, when all its rows are there."""
        self.pause("!document.querySelector('.ranking[aria-busy]')")
        return self.js(
            "return Array.from(document.querySelectorAll('.ranking tbody tr'),"
            " row => row.children[arguments[0]].textContent)",
            number,
        )

    def picture(self, name):
        if PICTURES:
            shown = {"captureBeyondViewport": True}
            data = self.driver.execute_cdp_cmd("Page.captureScreenshot", shown)["data"]
            pathlib.Path(PICTURES, name).write_bytes(base64.b64decode(data))

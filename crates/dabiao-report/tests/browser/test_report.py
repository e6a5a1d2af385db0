"""The report read, sorted, filtered, unfolded, switched, printed: by mouse, keys and a checker."""

import base64
import pathlib
import unittest

import axe_core_python
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from browser import HOSTILE, PICTURES, Browser

AXE = (pathlib.Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
VIEWS = ["glance", "ranking", "selection", "coverage", "phases", "standard"]


class Reading(Browser):
    def test_it_opens_with_its_marks(self):
        self.open()
        self.assertIn("合成数据", self.one(".mark").text)
        self.assertIn("草拟", self.one(".notices").text)
        self.assertEqual(self.one(".tiles dd").text, "325")
        self.assertEqual(len(self.all("#view-glance svg")), 2)
        self.picture("glance.png")

    def test_every_view_opens_and_fits(self):
        for view in [*VIEWS, "c/371002001901"]:
            for phone in [False, True]:
                with self.subTest(view=view, phone=phone):
                    self.open(view)
                    if phone:
                        self.phone()
                        self.driver.refresh()
                    self.assertEqual(len(self.all(".view.current")), 1)
                    self.assertTrue(self.one(".view.current h2").is_displayed())
                    wide = "return document.documentElement.scrollWidth - innerWidth"
                    self.assertLessEqual(self.js(wide), 0)
                    if view == "ranking":
                        self.column(0)
                        self.assertEqual(len(self.all(".view.current .scroll.fits")), 1)
                    self.picture(view.replace("/", "-") + ("-phone.png" if phone else ".png"))

    def test_sorting(self):
        self.open("ranking")
        self.assertEqual(self.column(0)[:3], ["1", "2", "3"])
        total = self.all(".ranking thead th")[4]
        total.find_element(By.TAG_NAME, "button").click()
        self.assertEqual(total.get_attribute("aria-sort"), "ascending")
        totals = [float(text) for text in self.column(4)]
        self.assertEqual(totals, sorted(totals))
        total.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
        self.assertEqual(total.get_attribute("aria-sort"), "descending")
        totals = [float(text) for text in self.column(4)]
        self.assertEqual(totals, sorted(totals, reverse=True))
        self.assertEqual(len(self.all("[aria-sort]")), 1)

    def test_filters(self):
        self.open("ranking")
        Select(self.one("#filter-district")).select_by_visible_text("环翠区")
        self.assertEqual(set(self.column(3)), {"环翠区"})
        self.assertEqual(len(self.column(0)), 52)
        self.assertIn("52", self.one(".view.current [role=status]").text)
        self.one("#filter-search").send_keys("第009")
        self.assertEqual(self.column(1), ["371002002901"])
        self.one("#filter-search").send_keys("nobody")
        self.assertEqual(len(self.all(".ranking tbody tr")), 1)

    def test_a_card(self):
        self.open("ranking")
        totals = self.column(4)
        self.one(".ranking tbody a").click()
        card = self.one("#view-card")
        self.assertEqual(self.one("#view-card .big").text, totals[0])
        self.assertEqual(self.js("return document.activeElement.tagName"), "H2")
        self.assertEqual(len(self.all("#view-card svg")), 1)
        before = len(card.find_elements(By.CSS_SELECTOR, "details.fold[open]"))
        self.assertEqual(before, 0)
        self.one("#view-card details.fold summary").click()
        self.assertIn("评分办法", self.one("#view-card details.fold[open]").text)
        self.one("#view-card a[rel=next]").click()
        self.assertEqual(self.one("#view-card .big").text, totals[1])
        self.driver.back()
        self.driver.back()
        self.assertTrue(self.one(".ranking").is_displayed())

    def test_back_from_a_card_by_key(self):
        self.open("ranking")
        self.column(0)
        link = self.all(".ranking tbody a")[150]
        self.js("arguments[0].scrollIntoView({block: 'center'})", link)
        scrolled = self.js("return window.scrollY")
        link.send_keys(Keys.ENTER)
        self.pause("document.activeElement.tagName === 'H2'")
        self.assertEqual(self.one("#view-card h2").text, self.driver.title.split(" · ")[0])
        self.assertEqual(self.js("return window.scrollY"), 0)
        self.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        self.pause("document.activeElement === arguments[0]", link)
        self.assertAlmostEqual(self.js("return window.scrollY"), scrolled, delta=2)
        # The heading of a table that fits stays in sight.
        top = self.one(".ranking thead th").rect["y"]
        self.assertAlmostEqual(top, scrolled, delta=2)

    def test_keys_reach_everything_and_are_seen(self):
        self.open("ranking")
        focus = lambda: self.driver.switch_to.active_element  # noqa: E731
        seen = []
        for _ in range(18):
            focus().send_keys(Keys.TAB)
            seen.append(self.js(
                "const at = document.activeElement; return [at.className || at.id || at.getAttribute('href'),"
                " getComputedStyle(at).outlineStyle]"
            ))
        names = [name for name, _ in seen]
        for name in ["skip", "lang-zh", "lang-en", "print", "#glance", "#standard",
                     "filter-district", "filter-grade", "filter-search", "sort"]:
            self.assertIn(name, names)
        self.assertEqual([name for name, outline in seen if outline == "none"], [])

    def test_the_tree_by_mouse_and_by_keys(self):
        self.open("coverage")
        items = "[role=treeitem]"
        self.assertEqual(len(self.all(items)), 73)
        first = self.all(items)[0]
        first.click()
        self.assertEqual(first.get_attribute("aria-expanded"), "true")
        unfolded = len(self.all(items))
        self.assertGreater(unfolded, 73)
        # A tree holds items alone: the way to a card is inside of one, and leads back to itself.
        outside = "return Array.from(document.querySelectorAll('[role=tree] a')).filter(one => !one.closest('[role=treeitem]'))"
        self.assertEqual(self.js(outside), [])
        link = self.one("[role=tree] a")
        link.send_keys(Keys.ENTER)
        self.pause("document.activeElement.tagName === 'H2'")
        self.assertIn("371002001901", self.one("#view-card .where").text)
        self.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        self.pause("document.activeElement === arguments[0]", link)
        self.assertEqual(len(self.all(items)), unfolded)
        first.click()
        self.assertEqual(first.get_attribute("aria-expanded"), "false")
        # Street, community, grid, building: right unfolds, right again goes in.
        focus = lambda: self.driver.switch_to.active_element  # noqa: E731
        for level in "1234":
            self.assertEqual(focus().get_attribute("aria-level"), level)
            focus().send_keys(Keys.ARROW_RIGHT)
            focus().send_keys(Keys.ARROW_RIGHT)
        self.assertIn("371002001901-G01-B01", focus().text)
        focus().send_keys(Keys.ARROW_DOWN)
        self.assertIn("371002001901-G01-B02", focus().text)
        focus().send_keys(Keys.ARROW_LEFT)
        focus().send_keys(Keys.ARROW_LEFT)
        self.assertEqual(focus().get_attribute("aria-expanded"), "false")
        focus().send_keys(Keys.HOME)
        self.assertEqual(focus().get_attribute("aria-posinset"), "1")
        self.assertEqual(len(self.all(items + "[tabindex='0']")), 1)
        self.one("#only-lacking").click()
        self.assertLess(len(self.all(items)), 74)

    def test_the_language(self):
        self.open("ranking")
        Select(self.one("#filter-district")).select_by_visible_text("环翠区")
        self.one("#lang-en").click()
        self.assertEqual(self.js("return document.documentElement.lang"), "en")
        self.assertIn("Synthetic", self.one(".mark").text)
        self.assertEqual(len(self.column(0)), 52)
        for view in VIEWS:
            self.open(view)
            self.one("#lang-en").click()
            chinese = self.js(
                "return Array.from(document.querySelectorAll('th[scope=col], h2, h3, h4, button,"
                " label span, summary, dt'), one => one.textContent)"
                ".filter(text => /[\\u4e00-\\u9fff]/.test(text) && text !== '中文')"
            )
            self.assertEqual(chinese, [])
            if view == "ranking":
                self.column(0)
                self.assertEqual(len(self.all(".view.current .scroll.fits")), 1)

    def test_phases(self):
        self.open("phases")
        first = self.one(".view.current h3").text
        Select(self.one("#filter-pair")).select_by_index(1)
        self.assertNotEqual(self.one(".view.current h3").text, first)
        self.assertEqual(len(self.all("#view-phases svg")), 1)

    def test_paper(self):
        # On A4 nothing is wider than the sheet between its margins.
        self.open("glance")
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        sheet = {"width": 695, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", sheet)
        for language in ["zh", "en"]:
            self.js("document.getElementById(arguments[0]).click()", "lang-" + language)
            wide = (
                "return Array.from(document.querySelectorAll('table'))"
                ".filter(one => one.scrollWidth > one.parentNode.clientWidth + 1).length"
            )
            self.assertEqual(self.js(wide), 0)
            self.assertEqual(self.js("return getComputedStyle(document.body).page"), "synthetic")
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        for view, least, most in [("glance", 4, 14), ("c/371002001901", 1, 2), ("coverage", 1, 6)]:
            self.open(view)
            printed = self.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
            pdf = base64.b64decode(printed["data"])
            pages = pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ")
            self.assertTrue(least <= pages <= most, f"{view}: {pages} pages")
            if PICTURES:
                pathlib.Path(PICTURES, view.replace("/", "-") + ".pdf").write_bytes(pdf)

    def test_names_that_are_markup(self):
        self.open("ranking", HOSTILE)
        names = self.js(
            "return Array.from(document.querySelectorAll('.ranking tbody a'), one => one.textContent)"
        )
        self.assertIn("<script>alert(1)</script>", names)
        self.assertIn("</script>", names)
        self.one(".ranking tbody a").click()
        self.assertEqual(self.all("#page script, #page img, #page iframe"), [])

    def test_names_that_are_long(self):
        for phone in [False, True]:
            for view in ["glance", "ranking", "c/c4", "c/c5"]:
                self.open(view, HOSTILE)
                if phone:
                    self.phone()
                    self.driver.refresh()
                wide = "return document.documentElement.scrollWidth - innerWidth"
                self.assertLessEqual(self.js(wide), 0)

    def test_accessibility(self):
        run = (
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']}).then(found => done("
            "found.violations.map(one => one.id + ': ' + one.nodes[0].html)))"
        )
        for view in [*VIEWS, "c/371002001901"]:
            with self.subTest(view=view):
                self.open(view)
                if view in ["glance", "selection", "c/371002001901"]:
                    self.phone()
                    self.driver.refresh()
                self.js("document.querySelectorAll('details').forEach(one => { one.open = true; })")
                self.js("document.querySelectorAll('[role=treeitem]').forEach((one, at) => { if (at < 2) { one.click(); } })")
                self.js(AXE)
                self.assertEqual(self.driver.execute_async_script(run), [])


if __name__ == "__main__":
    unittest.main()

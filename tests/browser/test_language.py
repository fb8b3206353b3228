"""The language of the app in a real Chromium."""

from helpers import DESKTOP, choose_in_menu, draw
from playwright.sync_api import Browser, expect


def test_the_language_is_the_browsers_until_another_one_is_chosen(browser: Browser, app_url: str):
    with browser.new_context(**DESKTOP, locale="zh-CN") as context:
        page = context.new_page()
        page.goto(app_url)
        page.locator("canvas.upper-canvas").wait_for()
        expect(page.get_by_role("button", name="清除")).to_be_visible()
        draw(page)
        expect(page.locator(".sure")).to_contain_text("的把握")
        choose_in_menu(page, "English")
        expect(page.get_by_role("button", name="Clear")).to_be_visible()
        expect(page.locator(".sure")).to_contain_text("% sure")
        assert "language=en" in page.url
        page.get_by_text("Mistakes", exact=True).click()
        expect(page.get_by_text("test images are read wrong")).to_be_visible()
        page.reload()
        expect(page.get_by_text("test images are read wrong")).to_be_visible()
        choose_in_menu(page, "中文")
        expect(page.get_by_text("张测试图中读错")).to_be_visible()
        assert "language" not in page.url

// The dashboard as an operator sees it: in Chromium, of a real balancer.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Locator } from "playwright-core";
import { configError } from "../../src/errors.ts";
import { type Dashboard, launchChromium, openDashboard, type Stage, startStage, TOKEN } from "../support/dashboard.ts";
import { skipReason } from "../support/programs.ts";

/** The row of a backend of the pool `web`. */
function rowOf({ page }: Dashboard, backend: string): Locator {
  return page.locator("#pools tbody tr").filter({ has: page.locator("th b", { hasText: new RegExp(`^${backend}$`) }) });
}

async function stateShown(dashboard: Dashboard, backend: string, state: string): Promise<void> {
  await rowOf(dashboard, backend).locator(".pill", { hasText: state }).waitFor();
}

async function logIn({ page }: Dashboard): Promise<void> {
  await page.locator("#login-token").fill(TOKEN);
  await page.locator("#login-dialog").getByRole("button", { name: "Log in" }).click();
  await page.locator("#login-dialog").waitFor({ state: "hidden" });
}

/** Red as eyes see it: far more of it than of green and blue. */
function isRed(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return red > 150 && red > 2 * green && red > 2 * blue;
}

const LEAST_CONTRAST = 4.5;

/** Every text of the page whose colour is too near to what is behind it (WCAG 2.2, 1.4.3), as lines. */
const FAINT_TEXTS = `(() => {
  const channels = (colour) => { const all = colour.match(/[\\d.]+/g).map(Number); return all.length === 3 ? [...all, 1] : all; };
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = channels(getComputedStyle(each).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [255, 255, 255, 1];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === "" || element.getClientRects().length === 0 || element.matches(":disabled")) continue;
    const [one, other] = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < ${LEAST_CONTRAST}) faint.push(contrast.toFixed(2) + " " + element.tagName + "." + element.className + ": " + walker.currentNode.data.trim());
  }
  return faint;
})()`;

const OPENS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth";

describe("the dashboard", { skip: skipReason("chromium") }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(async () => {
    await browser.close();
  });

  /** Opens it, hands it to the test, and holds what is true of every page that was ever open. */
  async function visit(
    stage: Stage,
    body: (dashboard: Dashboard) => Promise<void>,
    options: Parameters<typeof openDashboard>[2] = {},
  ): Promise<void> {
    await using dashboard = await openDashboard(browser, stage.url, options);
    await dashboard.until(`!document.body.classList.contains("waiting")`);
    await body(dashboard);
    const strangers = dashboard.requested.filter((url) => !url.startsWith(`${stage.url}/`));
    assert.deepEqual(strangers, [], "a request to another host");
    assert.deepEqual(dashboard.errors, []);
  }

  it("shows values that move, from connections that are made", async () => {
    await using stage = await startStage();
    await visit(stage, async (dashboard) => {
      const sessions = dashboard.page.locator("#figures > div").first().locator("b");
      assert.equal(await sessions.textContent(), "0");
      const clients = [await stage.connect(), await stage.connect(), await stage.connect()];
      await dashboard.until(`document.querySelector("#figures b").textContent === "3"`);
      for (const client of clients) {
        await client.send("hello");
        await client.finish();
        await client.ended();
      }
      await dashboard.until(`document.querySelector("#figures b").textContent === "0"`);
      await dashboard.page.locator("#end-mix th", { hasText: "client-finished" }).waitFor();
      const ended = dashboard.page.locator("#listener-table tbody tr", { hasText: "web" });
      assert.equal(await ended.locator('[data-label="Ended"]').textContent(), "3");
      assert.equal(await ended.locator('[data-label="Up"]').textContent(), "15 B");
      assert.equal(await dashboard.page.locator("#charts canvas").count(), 3);
    });
  });

  it("drains a backend when the question is answered with yes, after a login, and brings it back", async () => {
    await using stage = await startStage();
    const states = (): readonly string[] =>
      stage.balancer
        .pool("web")
        .backends()
        .map(({ state }) => state);
    await visit(stage, async (dashboard) => {
      const { page } = dashboard;
      await stateShown(dashboard, "a", "ready");
      const drain = page.getByRole("button", { name: "Drain web/a" });
      await drain.click();
      await page.locator("#confirm-dialog").getByRole("button", { name: "Cancel" }).click();
      assert.deepEqual(states(), ["ready", "ready"]);

      await drain.click();
      await page.locator("#confirm-dialog").getByRole("button", { name: "Drain" }).click();
      await page.locator("#login-token").fill("wrong");
      await page.locator("#login-dialog").getByRole("button", { name: "Log in" }).click();
      await page.locator("#login-problem", { hasText: "not the token" }).waitFor();
      assert.deepEqual(states(), ["ready", "ready"]);
      await logIn(dashboard);
      await stateShown(dashboard, "a", "drain");
      assert.deepEqual(states(), ["drain", "ready"]);
      const override = page.locator("#override-table tbody tr", { hasText: "web/a" });
      await override.filter({ hasText: "state drain" }).filter({ hasText: "dashboard" }).waitFor();
      await page.locator("#event-list li", { hasText: "web/a" }).waitFor();

      await page.getByRole("button", { name: "Ready web/a" }).click();
      await stateShown(dashboard, "a", "ready");
      assert.deepEqual(states(), ["ready", "ready"]);
      await page.getByRole("button", { name: "Log out" }).click();
      await page.getByRole("button", { name: "Log in" }).first().waitFor();
    });
  });

  it("changes weight, limit and state in one dialog, and takes back what was set", async () => {
    await using stage = await startStage();
    await visit(stage, async (dashboard) => {
      const { page } = dashboard;
      await page.getByRole("button", { name: "Log in" }).first().click();
      await logIn(dashboard);
      await page.getByRole("button", { name: "Change web/b" }).click();
      const dialog = page.locator("#change-dialog");
      await dialog.getByLabel("Weight").fill("7");
      await dialog.getByLabel("Sessions at most").fill("40");
      await dialog.getByLabel("maintenance").check();
      await dialog.getByRole("button", { name: "Apply" }).click();
      await stateShown(dashboard, "b", "maintenance");
      const [, changed] = stage.balancer.pool("web").backends();
      assert.equal(changed?.weight, 7);
      assert.equal(changed.maxConnections, 40);
      await page.getByRole("button", { name: "Restore web/b" }).click();
      await page.locator("#confirm-dialog").getByRole("button", { name: "Restore" }).click();
      await stateShown(dashboard, "b", "ready");
      assert.deepEqual(stage.balancer.overrides(), []);
    });
  });

  it("turns a dead backend red, with the reason as text whatever is in it", async () => {
    await using stage = await startStage();
    await visit(stage, async (dashboard) => {
      await stateShown(dashboard, "b", "ready");
      stage.reasons.set("b", `<img src=x onerror="globalThis.harmed = true"><script>globalThis.harmed = true</script>`);
      await stateShown(dashboard, "b", "down");
      const row = rowOf(dashboard, "b");
      const pill = `document.querySelector('#pools tr[data-state="down"] .pill')`;
      const colour = await dashboard.evaluate(`getComputedStyle(${pill}).backgroundColor`);
      assert.ok(isRed(String(colour)), String(colour));
      await row.locator(".problem", { hasText: "<img src=x onerror" }).waitFor();
      await dashboard.page.locator("#event-list li", { hasText: "<img src=x onerror" }).waitFor();
      assert.match(String(await dashboard.page.locator("#announcer").textContent()), /web\/b down/);
      assert.equal(await dashboard.page.locator("main img, main script").count(), 0);
      assert.equal(await dashboard.evaluate("globalThis.harmed === undefined"), true);
      stage.reasons.delete("b");
      await stateShown(dashboard, "b", "ready");
    });
  });

  it("says that the connection is lost, when the next attempt is, and recovers by itself", async () => {
    await using stage = await startStage();
    await visit(stage, async (dashboard) => {
      const { page } = dashboard;
      await stage.stopAdmin();
      await page.locator("#banner", { hasText: "Connection lost: nobody answers" }).waitFor();
      await page.locator("#banner-countdown", { hasText: /Next attempt in \d+ s/ }).waitFor();
      await page.locator("body.stale").waitFor();
      assert.ok(await page.getByRole("button", { name: "Drain web/a" }).isDisabled());
      await stage.startAdmin();
      await page.locator("body:not(.stale)").waitFor();
      assert.ok(await page.locator("#banner").isHidden());
      assert.ok(await page.getByRole("button", { name: "Drain web/a" }).isEnabled());
      const client = await stage.connect();
      await dashboard.until(`document.querySelector("#figures b").textContent === "1"`);
      await client.finish();
    });
  });

  it("asks for the token where reading takes it", async () => {
    await using stage = await startStage();
    await using dashboard = await openDashboard(browser, "about:blank");
    const { page } = dashboard;
    let isLoggedIn = false;
    // As an address that is not this machine's own would answer.
    await page.route("**/api/v1/events", (route) =>
      isLoggedIn ? route.continue() : route.fulfill({ status: 401, json: { detail: "the token is needed" } }),
    );
    await page.route("**/login", (route) => {
      isLoggedIn = true;
      return route.continue();
    });
    await page.goto(stage.url);
    await page.locator("#banner", { hasText: "Not logged in" }).waitFor();
    await logIn(dashboard);
    await stateShown(dashboard, "a", "ready");
    assert.ok(await page.locator("#banner").isHidden());
  });

  it("lists sessions by what they are, and closes one", async () => {
    await using stage = await startStage();
    const clients = await Promise.all([stage.connect(), stage.connect()]);
    await visit(stage, async (dashboard) => {
      const { page } = dashboard;
      const rows = page.locator("#session-table tbody tr");
      await page.getByRole("button", { name: "Show" }).click();
      await page.locator("#sessions-note", { hasText: "2 sessions" }).waitFor();
      await page.locator("#session-filter").getByLabel("Backend").fill("web/nobody");
      await page.getByRole("button", { name: "Show" }).click();
      await page.locator("#sessions-note", { hasText: "None" }).waitFor();
      await page.locator("#session-filter").getByLabel("Backend").fill("web/a");
      await page.locator("#session-filter").getByLabel("Pool").selectOption("web");
      await page.getByRole("button", { name: "Show" }).click();
      await page.locator("#sessions-note", { hasText: "1 sessions" }).waitFor();
      await rows.getByRole("button").click();
      await page.locator("#confirm-dialog").getByRole("button", { name: "Close it" }).click();
      await logIn(dashboard);
      await page.locator("#notice", { hasText: "was closed" }).waitFor();
      assert.equal(await rows.count(), 0);
      assert.equal(stage.balancer.stats().sessions.active, 1);
    });
    await Promise.all(clients.map((client) => client.finish().catch(() => {})));
  });

  it("can be used by the keyboard alone", async () => {
    await using stage = await startStage();
    await visit(stage, async (dashboard) => {
      const { page } = dashboard;
      const focused = (): Promise<unknown> =>
        dashboard.evaluate(`document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent`);
      const tabTo = async (name: string): Promise<void> => {
        for (let presses = 0; presses < 60; presses++) {
          await page.keyboard.press("Tab");
          if ((await focused()) === name) return;
        }
        assert.fail(`${name} is not reached by Tab`);
      };
      await page.getByRole("button", { name: "Log in" }).first().focus();
      await page.keyboard.press("Enter");
      await page.keyboard.type(TOKEN);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Log out" }).waitFor();

      await tabTo("Drain web/a");
      const outline = await dashboard.evaluate("getComputedStyle(document.activeElement).outlineStyle");
      assert.equal(outline, "solid", "where the focus is, can be seen");
      await page.keyboard.press("Enter");
      await page.locator("#confirm-dialog[open]").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("#confirm-dialog[open]").waitFor({ state: "hidden" });
      assert.equal(await focused(), "Drain web/a", "the focus comes back");
      await page.keyboard.press("Enter");
      await page.locator("#confirm-dialog[open]").waitFor();
      assert.equal(await focused(), "Drain");
      await page.keyboard.press("Enter");
      await stateShown(dashboard, "a", "drain");
    });
  });

  it("fits 400 px and 320 px without scrolling sideways, whatever names and reasons there are", async () => {
    const long = "a-name-that-goes-on-and-on-without-any-place-to-break-it-".repeat(2);
    await using stage = await startStage({ backends: ["a", long] });
    stage.reasons.set(long, "x".repeat(200));
    await visit(
      stage,
      async (dashboard) => {
        await stateShown(dashboard, long, "down");
        await dashboard.page.getByRole("button", { name: "Show" }).click();
        assert.equal(await dashboard.evaluate(OPENS_SIDEWAYS), false);
        await dashboard.page.setViewportSize({ width: 320, height: 640 });
        assert.equal(await dashboard.evaluate(OPENS_SIDEWAYS), false);
      },
      { viewport: { width: 400, height: 800 } },
    );
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`is ${colorScheme} where the system is, and every text can be read`, async () => {
      await using stage = await startStage({ backends: ["a", "b", "c"] });
      stage.reasons.set("b", "connection refused");
      stage.balancer.pool("web").change("c", { state: "maintenance" });
      await visit(
        stage,
        async (dashboard) => {
          await stateShown(dashboard, "b", "down");
          await stateShown(dashboard, "c", "maintenance");
          const background = await dashboard.evaluate("getComputedStyle(document.body).backgroundColor");
          const [red = 0] = (String(background).match(/\d+/g) ?? []).map(Number);
          assert.equal(red > 128, colorScheme === "light", String(background));
          assert.deepEqual(await dashboard.evaluate(FAINT_TEXTS), []);
        },
        { colorScheme },
      );
    });
  }

  it("shows no controls where it is read-only", async () => {
    await using stage = await startStage({ admin: { dashboard: "read-only" } });
    await visit(stage, async (dashboard) => {
      const { page } = dashboard;
      await stateShown(dashboard, "a", "ready");
      await page.locator("#read-only-note").waitFor();
      assert.equal(await page.getByRole("button", { name: /Drain|Ready|Change|Reload|Restore|Log in/ }).count(), 0);
    });
  });

  it("reloads, and shows all that is wrong with a bad file", async () => {
    const problems = [
      { path: "pools.web.policy", message: "no such policy" },
      { path: "listeners.web.listen", message: "no port" },
    ];
    await using stage = await startStage({ actions: { reload: () => Promise.reject(configError(problems)) } });
    await visit(stage, async (dashboard) => {
      const { page } = dashboard;
      await page.getByRole("button", { name: "Reload" }).click();
      await logIn(dashboard);
      await page.locator("#notice.problem").waitFor();
      const said = await page.locator("#notice-text").textContent();
      assert.equal(said, "pools.web.policy: no such policy\nlisteners.web.listen: no port");
    });
  });

  it("keeps a thousand backends closed at first, and finds one among them", async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `host-${index}`);
    await using stage = await startStage({ backends: names, probeIntervalMs: 2_000 });
    await visit(stage, async (dashboard) => {
      const { page } = dashboard;
      const rows = page.locator("#pools tbody tr");
      assert.equal(await rows.count(), 0);
      await page.locator("#pools summary").click();
      await page.getByLabel("Filter").fill("host-99");
      await page.locator("#pools .filter", { hasText: "11 of 1,000" }).waitFor();
      assert.equal(await rows.count(), 11);
      await page.getByLabel("Filter").fill("");
      await page.locator("#pools .filter", { hasText: "1,000 of 1,000; shown are 200" }).waitFor();
      assert.equal(await rows.count(), 200);
      stage.reasons.set("host-500", "gone");
      await stateShown(dashboard, "host-500", "down");
      await page.getByRole("button", { name: "Show 200 more" }).click();
      assert.equal(await rows.count(), 400);
    });
  });
});

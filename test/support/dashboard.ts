// The dashboard in Chromium, of a real balancer with its admin address.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type Admin, type AdminActions, createAdmin } from "../../src/admin/admin.ts";
import type { AdminOptions } from "../../src/config/admin-options.ts";
import { type Balancer, createBalancer } from "../../src/control/balancer.ts";
import { echo } from "./behaviours.ts";
import { makeTemporaryFolder } from "./child-server.ts";
import { withDeadline } from "./deadline.ts";
import { connectPeer, type Peer } from "./peer.ts";
import { type PeerServer, startPeerServer } from "./peer-server.ts";
import { findProgram } from "./programs.ts";

export const TOKEN = "correct-horse-battery-staple";

/** Nothing here is waited for longer. Milliseconds. */
const PATIENCE_MS = 30_000;
const POLL_MS = 50;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram("chromium") ?? "chromium",
    // It refuses to run as root with a sandbox.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/** A balancer with the pool `web` of echoing backends. */
export interface Stage extends AsyncDisposable {
  readonly balancer: Balancer;
  /** `http://127.0.0.1:PORT` of the admin address. */
  readonly url: string;
  /** What the next probes of a backend are told: a reason to be down, or null. By the backend's name. */
  readonly reasons: Map<string, string>;
  connect(): Promise<Peer>;
  /** Takes the admin address away, and back again. */
  stopAdmin(): Promise<void>;
  startAdmin(): Promise<void>;
}

export interface StageOptions {
  readonly backends?: readonly string[];
  /** Default 100. */
  readonly probeIntervalMs?: number;
  readonly admin?: Partial<AdminOptions>;
  readonly actions?: AdminActions;
}

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { backends = ["a", "b"], probeIntervalMs = 100, actions = {} } = options;
  const folder = makeTemporaryFolder("dashboard");
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  const server: PeerServer = await startPeerServer(echo);
  const reasons = new Map<string, string>();
  const balancer = createBalancer({
    listeners: { web: { listen: "127.0.0.1:0" } },
    pools: {
      web: {
        backends: backends.map((name) => ({ name, address: server.address })),
        probe: {
          type: async ({ name }) => {
            const reason = reasons.get(name);
            if (reason !== undefined) throw new Error(reason);
          },
          intervalMs: probeIntervalMs,
          fall: 1,
          rise: 1,
        },
      },
    },
  });
  await balancer.start();
  const listening = balancer.addresses()[0]?.address ?? "";
  let admin: Admin | undefined;
  let address = "127.0.0.1:0";
  const stage: Stage = {
    balancer,
    get url() {
      return `http://${address}`;
    },
    reasons,
    connect: () => connectPeer({ port: Number(listening.slice(listening.lastIndexOf(":") + 1)) }),
    async stopAdmin() {
      await admin?.close();
    },
    async startAdmin() {
      admin = createAdmin(balancer, { listen: address, tokenFile, ...options.admin }, actions);
      await admin.start();
      address = admin.addresses[0] ?? address;
    },
    async [Symbol.asyncDispose]() {
      await admin?.close();
      await balancer.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await stage.startAdmin();
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
  return stage;
}

/** A page, and what it has done. */
export interface Dashboard extends AsyncDisposable {
  readonly page: Page;
  /** The URLs of all that was asked for. */
  readonly requested: readonly string[];
  /** Errors in the page, what its policy has kept from it included. Requests that were refused are not among them. */
  readonly errors: readonly string[];
  /** What an expression is in the page, which Node knows nothing of. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression holds in the page. */
  until(expression: string): Promise<void>;
}

/** Opens the page in a window of its own and waits for the first figures. */
export async function openDashboard(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Dashboard> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const requested: string[] = [];
  const errors: string[] = [];
  page.on("request", (request) => requested.push(request.url()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    const isRefusal = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusal) errors.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    requested,
    errors,
    evaluate: (expression) => page.evaluate(expression),
    // Not by waitForFunction, which evaluates texts as the page does: its policy forbids it.
    async until(expression) {
      const polling = async (): Promise<void> => {
        while (!(await page.evaluate(expression))) await page.waitForTimeout(POLL_MS);
      };
      await withDeadline(polling(), () => expression, PATIENCE_MS);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

// A browser through one listener that looks at what is spoken: pages, fetches, a WebSocket and TLS, over the connections that
// it keeps, or would keep.

import assert from "node:assert/strict";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import { after, before, describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import { openPage } from "../support/browser.ts";
import { withDeadline } from "../support/deadline.ts";
import { skipReason } from "../support/programs.ts";
import { certificate, type Serving, serve, webSocketEcho } from "../support/web-servers.ts";

const COUNT = 8;

/** Reports what everything that it asks for was answered. */
const PAGE = `<!doctype html><title>page</title><body><script>
  const numbers = [...Array(${COUNT}).keys()];
  const fetched = (url) => fetch(url).then((answer) => answer.text(), String);
  const picture = (number) => new Promise((resolve) => {
    const image = document.body.appendChild(new Image());
    image.onload = () => resolve(image.naturalWidth);
    image.onerror = () => resolve("failed");
    image.src = "/pictures/" + number + ".svg";
  });
  const echo = () => new Promise((resolve) => {
    const socket = new WebSocket("ws://" + location.host + "/chat");
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => { resolve(data); socket.close(); };
    socket.onerror = () => resolve("failed");
  });
  async function oneByOne() {
    const answers = [];
    for (const number of numbers) answers.push(await fetched("/api/" + number));
    return answers;
  }
  (async () => {
    const [pictures, together, chat, secure] = await Promise.all([
      Promise.all(numbers.map(picture)),
      Promise.all(numbers.map((number) => fetched("/api/" + number))),
      echo(),
      fetched("https://secure.example/"),
    ]);
    const posted = await fetch("/api/post", { method: "POST", body: "x".repeat(300000) }).then((answer) => answer.text());
    const report = { pictures, together, oneByOne: await oneByOne(), chat, secure, posted };
    await fetch("/report", { method: "POST", body: JSON.stringify(report) });
  })();
</script></body>`;

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>`;

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}

/** Answers every path that the page asks for, with its own name where the page shows it. */
function site(name: string, take: (report: unknown) => void): Server {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "/" } = request;
    const body = await bodyOf(request);
    if (url === "/") response.setHeader("content-type", "text/html").end(PAGE);
    else if (url.startsWith("/pictures/")) response.setHeader("content-type", "image/svg+xml").end(PICTURE);
    else if (url === "/api/post") response.end(`${name} ${body.length}`);
    else if (url.startsWith("/api/")) response.end(name);
    else response.end();
    if (url === "/report") take(JSON.parse(body));
  }
  return createHttpServer((request, response) => void answer(request, response).catch(() => response.destroy()));
}

describe("a browser through one listener", { skip: skipReason("chromium", "openssl") }, () => {
  const servers: Serving[] = [];
  let upstreams: string[];
  let report: (report: unknown) => void = () => {};

  before(async () => {
    const names = ["web", "api", "pictures"];
    const sites = await Promise.all(names.map((name) => serve(site(name, (given) => report(given)))));
    const chat = await serve(webSocketEcho());
    const tls = createSecureServer({ ...(await certificate()), allowHTTP1: true }, (_request, response) => {
      response.setHeader("access-control-allow-origin", "*");
      response.end("secure");
    });
    const secure = await serve(tls);
    servers.push(...sites, chat, secure);
    upstreams = [...sites.map(({ address }, index) => `${names[index]}/${address}`), `chat/${chat.address}`];
    upstreams.push(`secure/${secure.address}`);
  });
  after(async () => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  });

  const routes = [
    "header.upgrade=websocket,pool=chat",
    "path=/api/*,pool=api",
    "path=/pictures/*,pool=pictures",
    "protocol=http,pool=web",
    "sni=secure.example,pool=secure",
  ];

  async function visit(keepAlive: string): Promise<{ readonly report: unknown; readonly pools: Set<unknown> }> {
    const flags = ["--peek=auto", `--http-keep-alive=${keepAlive}`, ...routes.map((route) => `--route=${route}`)];
    // The default pool is nobody's: whatever a browser opens and does not use is seen there.
    await using balancer = await startBalancer(["127.0.0.1:1", ...upstreams], flags);
    const reported = new Promise<unknown>((resolve) => {
      report = resolve;
    });
    const hosts = { "site.example": balancer.address, "secure.example": balancer.address };
    await using browser = openPage("http://site.example/", hosts);
    const given = await withDeadline(reported, () => `the page's report: ${browser.errors()}`);
    await browser[Symbol.asyncDispose]();
    await balancer.end();
    const served = balancer.sessions().filter(({ bytesDown }) => Number(bytesDown) > 0);
    return { report: given, pools: new Set(served.map(({ pool }) => pool)) };
  }

  it("has each request from its own pool, one a connection", async () => {
    const { report: given, pools } = await visit("close");
    assert.deepEqual(given, {
      pictures: Array(COUNT).fill(7),
      together: Array(COUNT).fill("api"),
      oneByOne: Array(COUNT).fill("api"),
      chat: "hello",
      secure: "secure",
      posted: "api 300000",
    });
    assert.deepEqual(pools, new Set(["api", "chat", "pictures", "secure", "web"]));
  });

  it("has every request answered on the connections that it keeps", async () => {
    const { report: given, pools } = await visit("sticky");
    const { pictures, chat, secure, together, oneByOne } = given as Record<string, unknown>;
    assert.deepEqual({ pictures, chat, secure }, { pictures: Array(COUNT).fill(7), chat: "hello", secure: "secure" });
    const names = ["web", "api", "pictures"];
    for (const name of [together, oneByOne].flat()) assert.ok(names.includes(String(name)), String(name));
    assert.ok(pools.has("web") && pools.has("chat") && pools.has("secure"), [...pools].join(", "));
  });
});

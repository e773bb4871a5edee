import { type IncomingMessage, request } from "node:http";
import type { HttpProbeConfig } from "../config/config.ts";
import { formatStatusRange } from "../config/status-range.ts";
import { systemCode } from "../errors.ts";
import { printable, quote } from "../wire/quote.ts";
import { type Conversation, discard, type ProbeLine } from "./connection.ts";
import { failed, OK, type ProbeVerdict } from "./result.ts";

/** As Node's own server takes. */
const MOST_HEADER_BYTES = 16_384;
/** How much of a body is looked at. */
const MOST_BODY_BYTES = 65_536;

/** @param host The Host header. */
export function askByHttp(probe: HttpProbeConfig, host: string): Conversation {
  return (line) => {
    line.waitFor("HTTP answer");
    const asked = request({
      createConnection: () => line.stream,
      method: probe.method,
      path: probe.path,
      setHost: false,
      headers: { host, "user-agent": "lb-tcp", accept: "*/*", ...probe.headers, connection: "close" },
      maxHeaderSize: MOST_HEADER_BYTES,
    });
    asked.on("response", (response) => judge(probe, response, line));
    asked.on("upgrade", (response, stream) => {
      line.settle(statusVerdict(probe, response));
      stream.destroy();
    });
    asked.on("error", (error) => {
      line.settle(failed(faultOf(error)));
      line.stream.destroy();
    });
    asked.end();
  };
}

function judge(probe: HttpProbeConfig, response: IncomingMessage, line: ProbeLine): void {
  // A body that is cut off is an error of the response; the end of the connection is heard by the line.
  response.on("error", () => {});
  const { body } = probe;
  const verdict = statusVerdict(probe, response);
  if (verdict.kind !== "ok" || body === undefined) {
    line.settle(verdict);
    discard(response);
    return;
  }
  line.waitFor("end of the body");
  line.ifClosed("it closed the connection within the body");
  let seen = Buffer.alloc(0);
  response.on("data", (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk.subarray(0, MOST_BODY_BYTES - seen.length)]);
    const isFound = seen.includes(body);
    if (!isFound && seen.length < MOST_BODY_BYTES) return;
    line.settle(isFound ? OK : lacking(body));
    discard(response);
  });
  response.once("end", () => line.settle(lacking(body)));
}

function statusVerdict({ status }: HttpProbeConfig, { statusCode = 0 }: IncomingMessage): ProbeVerdict {
  if (status.some(({ min, max }) => statusCode >= min && statusCode <= max)) return OK;
  return failed(`answered ${statusCode}, expected ${status.map(formatStatusRange).join(", ")}`);
}

function lacking(body: string): ProbeVerdict {
  return failed(`its answer's body does not contain ${quote(body)}`);
}

function faultOf(error: Error): string {
  const code = systemCode(error) ?? "";
  if (code === "HPE_HEADER_OVERFLOW") return `the headers of its answer are larger than ${MOST_HEADER_BYTES} bytes`;
  if (code.startsWith("HPE_")) return `its answer is no HTTP/1 (${printable(code)})`;
  return "it closed the connection without an answer";
}

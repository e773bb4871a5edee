// An answer of lb-tcp's own. It is whole: the connection ends with it.

export interface Http1AnswerOptions {
  /** What a reader is told besides the status. */
  readonly reason?: string | undefined;
  /** Rounded up to whole seconds. */
  readonly retryAfterSeconds?: number | undefined;
  /** The answer to HEAD has no body, but the headers that it would have (RFC 9110 §9.3.2). */
  readonly isHead?: boolean;
}

/** IANA's registry of HTTP status codes, those of failures. */
const PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  418: "I'm a Teapot",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates",
  507: "Insufficient Storage",
  508: "Loop Detected",
  511: "Network Authentication Required",
};

/** The bytes of an answer. `status` is from 400 to 599; what 503 says in the body is "Service not available". */
export function http1Answer(
  status: number,
  { reason, retryAfterSeconds, isHead = false }: Http1AnswerOptions = {},
): Uint8Array {
  const phrase = PHRASES[status] ?? (status < 500 ? "Client Error" : "Server Error");
  const title = status === 503 ? "Service not available" : phrase;
  const body = Buffer.from(`${reason === undefined || reason === "" ? title : `${title}: ${reason}`}\n`);
  const lines = [
    `HTTP/1.1 ${status} ${phrase}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  if (retryAfterSeconds !== undefined) lines.push(`Retry-After: ${Math.max(0, Math.ceil(retryAfterSeconds))}`);
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
  return isHead ? head : Buffer.concat([head, body]);
}

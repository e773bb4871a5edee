// The dashboard's login: the token once, a cookie from then on.

import type { DashboardMode } from "../config/admin-options.ts";
import { isRecord } from "../config/fields.ts";
import type { Balancer } from "../control/balancer.ts";
import type { Authority } from "./authority.ts";
import type { Handler } from "./call.ts";
import type { Doors } from "./doors.ts";
import type { Logins } from "./logins.ts";
import { empty, problem } from "./reply.ts";

export interface LoginParts {
  readonly balancer: Balancer;
  readonly dashboard: DashboardMode;
  readonly authority: Authority;
  readonly logins: Logins;
  readonly doors: Pick<Doors, "entranceOf">;
}

export function loginHandlers(parts: LoginParts): Readonly<Record<string, Handler>> {
  const { balancer, dashboard, authority, logins, doors } = parts;
  return {
    "POST /login": ({ body, request, client }) => {
      if (dashboard === "off") return problem(404, "there is no dashboard here: it is off");
      const token = isRecord(body) ? body["token"] : undefined;
      if (typeof token !== "string") return problem(422, 'expected {"token": "…"}');
      const login = authority.logIn(doors.entranceOf(request), token);
      if ("kind" in login) return login;
      balancer.audit({ action: "login", by: "dashboard", client, subject: null, change: {} });
      return empty({ "set-cookie": login.cookie });
    },
    "POST /logout": ({ request }) => empty({ "set-cookie": logins.end(request.headers.cookie) }),
  };
}

// Routes, compiled once for each listener and data plane: who is told what is known of a client says where it goes.

import type { Random } from "../clock.ts";
import { type Condition, conditionsOf, type Known, type Sight, type Truth } from "./condition.ts";
import { pathOf, type RoutePath } from "./path.ts";
import type { Peeked } from "./peeked.ts";
import type { Rejection, RouteFunction, RouteRule, RouteTarget } from "./rule.ts";

export type RouteDecision =
  | { readonly kind: "pool"; readonly pool: string }
  | { readonly kind: "reject"; readonly how: Rejection };

/** What has to be known before every client can be decided about. */
export interface RouteNeeds {
  /** Its first bytes, or that there are none. */
  readonly bytes: boolean;
  /** The whole head of a request. */
  readonly http: boolean;
  /** The whole ClientHello. */
  readonly tls: boolean;
}

export interface Router {
  readonly needs: RouteNeeds;
  /**
   * The first route that matches; undefined where none does. Throws what a route function throws, and for an answer of it that is
   * neither a pool, a rejection nor undefined.
   */
  decide(peeked: Peeked): RouteDecision | undefined;
  /**
   * As decide(), from less: `client` where the address and the PROXY header are known, `protocol` where also the protocol is. What
   * `peeked` has beyond it is not looked at. `undecided` where a route depends on more, or is a function.
   */
  decideEarly(peeked: Peeked, known: "client" | "protocol"): RouteDecision | "undecided" | undefined;
}

/** @param random chooses between the parts of a split. */
export function createRouter(routes: readonly (RouteRule | RouteFunction)[], random: Random): Router {
  const entries = routes.map((route) => (typeof route === "function" ? route : new CompiledRule(route)));
  const rules = entries.filter((entry) => entry instanceof CompiledRule);
  const hasFunction = rules.length < entries.length;
  const conditions = rules.flatMap((rule) => rule.conditions);
  const comparesPaths = conditions.some(({ isOfPath }) => isOfPath);

  function sightOf(peeked: Peeked, known: Known): Sight {
    const http = comparesPaths && known === "all" ? peeked.http : undefined;
    return { peeked, known, path: http === undefined ? NO_PATH : pathOf(http) };
  }

  function search(peeked: Peeked, known: Known): RouteDecision | "undecided" | undefined {
    const sight = sightOf(peeked, known);
    for (const entry of entries) {
      if (!(entry instanceof CompiledRule)) {
        if (known !== "all") return "undecided";
        const answer = answerOf(entry, peeked);
        if (answer !== undefined) return answer;
        continue;
      }
      const truth = entry.matches(sight);
      if (truth === "unknown") return "undecided";
      if (truth === "yes") return entry.choose(random);
    }
    return undefined;
  }

  return {
    needs: {
      bytes: hasFunction || conditions.some(({ needs }) => needs !== "client"),
      http: hasFunction || conditions.some(({ needs }) => needs === "http"),
      tls: hasFunction || conditions.some(({ needs }) => needs === "tls"),
    },
    decide(peeked) {
      const found = search(peeked, "all");
      return found === "undecided" ? undefined : found;
    },
    decideEarly: search,
  };
}

const NO_PATH: RoutePath = { kind: "none" };

class CompiledRule {
  readonly conditions: readonly Condition[];
  readonly #when: readonly Condition[];
  readonly #not: readonly Condition[];
  readonly #comparesPaths: boolean;
  readonly #parts: readonly { readonly decision: RouteDecision; readonly weight: number }[];
  readonly #weightSum: number;

  constructor({ when, not, target }: RouteRule) {
    this.#when = conditionsOf(when);
    this.#not = conditionsOf(not);
    this.conditions = [...this.#when, ...this.#not];
    this.#comparesPaths = this.conditions.some(({ isOfPath }) => isOfPath);
    this.#parts = partsOf(target);
    this.#weightSum = this.#parts.reduce((sum, { weight }) => sum + weight, 0);
  }

  matches(sight: Sight): Truth {
    // Servers would not agree on what is asked for: such a path neither is something nor is not.
    if (this.#comparesPaths && sight.path.kind === "unclear") return "no";
    let truth: Truth = "yes";
    for (const condition of this.#when) {
      const holds = condition.holds(sight);
      if (holds === "no") return "no";
      if (holds === "unknown") truth = "unknown";
    }
    for (const condition of this.#not) {
      const holds = condition.holds(sight);
      if (holds === "yes") return "no";
      if (holds === "unknown") truth = "unknown";
    }
    return truth;
  }

  choose(random: Random): RouteDecision | undefined {
    const [first] = this.#parts;
    if (this.#parts.length < 2) return first?.decision;
    let left = random() * this.#weightSum;
    for (const { decision, weight } of this.#parts) {
      left -= weight;
      if (left < 0) return decision;
    }
    // A sum of fractions may come out a little above.
    return this.#parts.at(-1)?.decision;
  }
}

function partsOf(target: RouteTarget): readonly { readonly decision: RouteDecision; readonly weight: number }[] {
  switch (target.kind) {
    case "pool":
      return [{ decision: { kind: "pool", pool: target.pool }, weight: 1 }];
    case "reject":
      return [{ decision: { kind: "reject", how: target.how }, weight: 1 }];
    case "split":
      return target.parts
        .filter(({ weight }) => weight > 0)
        .map(({ pool, weight }) => ({ decision: { kind: "pool", pool }, weight }));
  }
}

function answerOf(route: RouteFunction, peeked: Peeked): RouteDecision | undefined {
  const answer: unknown = route(peeked);
  if (answer === undefined) return undefined;
  if (typeof answer === "object" && answer !== null) {
    if ("pool" in answer && typeof answer.pool === "string") return { kind: "pool", pool: answer.pool };
    if ("reject" in answer && isRejection(answer.reject)) return { kind: "reject", how: answer.reject };
  }
  throw new TypeError(
    'a route function must return { pool: "NAME" }, { reject: a status from 400 to 599, "close" or "reset" }, or undefined',
  );
}

function isRejection(how: unknown): how is Rejection {
  if (typeof how === "number") return Number.isInteger(how) && how >= 400 && how <= 599;
  return how === "close" || how === "reset";
}

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { parseDuration } from "../../../src/config/duration.ts";
import { programPath } from "../../support/balancer-process.ts";
import { makeTemporaryFolder } from "../../support/child-server.ts";
import { runProgram } from "../../support/programs.ts";

// From dist/test/cli/print.
const sources: URL = new URL("../../../../src/cli/print/kubernetes/", import.meta.url);
const temporary = makeTemporaryFolder("kubernetes");
after(() => rmSync(temporary, { recursive: true }));

/** A document, or a part of one: keys that are not there are undefined, and everything below them. */
class Node {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
  at(...path: readonly string[]): Node {
    let value = this.value;
    for (const key of path) value = isRecord(value) ? value[key] : undefined;
    return new Node(value);
  }
  list(...path: readonly string[]): readonly Node[] {
    const { value } = this.at(...path);
    return Array.isArray(value) ? value.map((each) => new Node(each)) : [];
  }
  text(...path: readonly string[]): string {
    return String(this.at(...path).value);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function documents(file: string): readonly Node[] {
  return parseAllDocuments(readFileSync(new URL(file, sources), "utf8")).map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], []);
    return new Node(document.toJS());
  });
}

function ofKind(all: readonly Node[], kind: string): Node {
  return all.find((each) => each.text("kind") === kind) ?? assert.fail(`no ${kind}`);
}

interface Example {
  readonly file: string;
  readonly pod: Node;
  readonly container: Node;
  /** What lb-tcp makes of its configuration: `lb-tcp check`. */
  readonly effective: () => Promise<Node>;
}

function example(file: string, containers: string): Example {
  const all = documents(file);
  const pod = ofKind(all, "Deployment").at("spec", "template", "spec");
  const container = pod.list(containers).find((each) => each.text("name") === "lb-tcp") ?? assert.fail();
  const args = container.list("args").map(({ value }) => String(value));
  async function effective(): Promise<Node> {
    const mount = container.list("volumeMounts")[0];
    const given = args.map((arg) => {
      const name = mount === undefined ? arg : arg.replace(`${mount.text("mountPath")}/`, "");
      if (name === arg) return arg;
      const path = join(temporary, name);
      writeFileSync(path, ofKind(all, "ConfigMap").text("data", name));
      return path;
    });
    const result = await runProgram(process.execPath, [programPath, "check", ...given]);
    assert.equal(result.code, 0, result.stderr);
    return new Node(parse(result.stdout));
  }
  return { file, pod, container, effective };
}

function ms(text: string): number {
  const parsed = parseDuration(text);
  return "value" in parsed ? parsed.value : assert.fail(parsed.problem);
}

const deployment = example("deployment.yaml", "containers");
const sidecar = example("sidecar.yaml", "initContainers");

for (const { file, pod, container, effective } of [deployment, sidecar]) {
  describe(`${file} that is printed`, () => {
    it("has a configuration that lb-tcp takes, with an admin address where the kubelet asks", async () => {
      const config = await effective();
      assert.deepEqual(config.at("admin", "listen").value, [":8901"]);
      const ports = new Map(container.list("ports").map((port) => [port.text("name"), port.text("containerPort")]));
      assert.equal(ports.get("admin"), "8901");
      for (const [probe, path] of [
        ["livenessProbe", "/livez"],
        ["readinessProbe", "/readyz"],
      ] as const) {
        assert.deepEqual(container.at(probe, "httpGet").value, { path, port: "admin" });
      }
    });

    it("gives it time for its shutdown delay and its drain", async () => {
      const process = (await effective()).at("process");
      const graceMs = 1000 * Number(pod.text("terminationGracePeriodSeconds"));
      const neededMs = ms(process.text("shutdown-delay")) + ms(process.text("drain-timeout"));
      assert.ok(graceMs > neededMs, `${graceMs} ms for ${neededMs} ms`);
      assert.equal(container.at("lifecycle").value, undefined, "no preStop hook is needed");
    });

    it("needs no privilege", async () => {
      assert.equal(pod.at("securityContext", "runAsNonRoot").value, true);
      assert.deepEqual(container.at("securityContext").value, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      const listeners = (await effective()).at("listeners").value;
      assert.ok(isRecord(listeners));
      for (const listener of Object.values(listeners)) {
        for (const address of new Node(listener).list("listen")) {
          const port = Number(/\d+$/.exec(String(address.value))?.[0]);
          assert.ok(port >= 1024, String(address.value));
        }
      }
    });

    it("keeps Kubernetes' own variables and token out", () => {
      assert.equal(pod.at("enableServiceLinks").value, false);
      assert.equal(pod.at("automountServiceAccountToken").value, false);
    });

    it("takes an image of no registry in particular", () => {
      assert.equal(container.text("image"), "lb-tcp");
    });
  });
}

describe("deployment.yaml that is printed", () => {
  const all = documents("deployment.yaml");

  it("mounts the folder of its ConfigMap, so that a change is seen", () => {
    const [mount] = deployment.container.list("volumeMounts");
    assert.equal(mount?.at("subPath").value, undefined);
    const [volume] = deployment.pod.list("volumes");
    assert.deepEqual([mount?.text("name"), volume?.text("name")], ["config", "config"]);
    assert.equal(volume?.text("configMap", "name"), ofKind(all, "ConfigMap").text("metadata", "name"));
  });

  it("leaves the Service at once and goes on accepting for some seconds", async () => {
    const { container } = deployment;
    const seconds = Number(container.text("readinessProbe", "periodSeconds"));
    const failures = Number(container.text("readinessProbe", "failureThreshold"));
    const delayMs = ms((await deployment.effective()).text("process", "shutdown-delay"));
    assert.ok(delayMs >= 2 * 1000 * seconds * failures);
  });

  it("has a Service in front of the pods, for what they listen on", () => {
    const service = ofKind(all, "Service");
    const labels = ofKind(all, "Deployment").at("spec", "template", "metadata", "labels").value;
    assert.deepEqual(service.at("spec", "selector").value, labels);
    const named = deployment.container.list("ports").map((port) => port.text("name"));
    for (const port of service.list("spec", "ports")) assert.ok(named.includes(port.text("targetPort")));
    const budget = ofKind(all, "PodDisruptionBudget");
    assert.deepEqual(budget.at("spec", "selector", "matchLabels").value, labels);
  });
});

describe("sidecar.yaml that is printed", () => {
  it("is a native sidecar, which the application waits for", () => {
    assert.equal(sidecar.container.text("restartPolicy"), "Always");
    assert.deepEqual(sidecar.container.at("startupProbe", "httpGet").value, { path: "/readyz", port: "admin" });
  });

  it("listens where the application connects", async () => {
    const [app] = sidecar.pod.list("containers");
    const [url] = app?.list("env") ?? [];
    const { host } = new URL(url?.text("value") ?? "");
    const listeners = new Node((await sidecar.effective()).at("listeners", "default").value);
    assert.deepEqual(listeners.at("listen").value, [host]);
  });
});

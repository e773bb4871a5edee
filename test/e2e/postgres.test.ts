import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { startBalancer } from "../support/balancer-process.ts";
import type { ChildServer } from "../support/child-server.ts";
import { findProgram, runProgram, skipReason } from "../support/programs.ts";
import { startPostgres } from "../support/real-peers.ts";

const PROBE_CYCLES = 5;

describe("PostgreSQL behind lb-tcp", { skip: skipReason("postgres", "psql", "pgbench") }, () => {
  let postgres: ChildServer;

  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.stop());

  const connection = (port: number): string[] => ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres"];

  it("serves pgbench", async () => {
    await using balancer = await startBalancer([postgres.address]);
    const initialised = await runProgram("pgbench", [...connection(balancer.port), "-i", "-q", "postgres"]);
    assert.equal(initialised.code, 0, initialised.stderr);
    const args = ["-c", "8", "-t", "50", "-C", "postgres"];
    const { code, stdout, stderr } = await runProgram("pgbench", [...connection(balancer.port), ...args]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /number of transactions actually processed: 400\/400/);
    assert.equal(await balancer.end(), 0);
    // A client says that it leaves, and closes: whose FIN is first is a race between the two.
    const orderly = ["client-finished", "backend-finished"];
    assert.deepEqual(
      balancer.sessions().filter(({ end }) => !orderly.includes(String(end))),
      [],
    );
  });

  it("keeps an idle psql through probe cycles that PostgreSQL does not log", async () => {
    const logged = postgres.output().length;
    await using balancer = await startBalancer([postgres.address], ["--probe-interval=100ms", "--log-level=debug"]);
    const psql = spawn(findProgram("psql") ?? "psql", [...connection(balancer.port), "-At", "postgres"]);
    let printed = "";
    psql.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    psql.stdin.write("select 'before';\n");
    await once(psql.stdout, "data");
    const probes = (): number => balancer.lines.filter(({ event }) => event === "probe-completed").length;
    const seen = probes();
    await balancer.line(() => probes() >= seen + PROBE_CYCLES);
    psql.stdin.end("select 'after';\n");
    await once(psql, "close");
    assert.equal(printed, "before\nafter\n");
    assert.equal(postgres.output().slice(logged), "");
    assert.equal(await balancer.end(), 0);
  });
});

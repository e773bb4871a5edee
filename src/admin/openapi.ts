// The OpenAPI document, made of the operations.

import { packageVersion } from "../observe/version.ts";
import { type Answer, nameOf, type Operation, operations } from "./operations.ts";
import { JSON_TYPE, PROBLEM_TYPE } from "./reply.ts";
import { schemas } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

let made: Json | undefined;

/** OpenAPI 3.1. */
export function openApiDocument(): Json {
  made ??= {
    openapi: "3.1.0",
    info: {
      title: "lb-tcp",
      version: packageVersion(),
      description:
        "The admin address of lb-tcp. Health endpoints need no token; changing something always does, but on a unix socket.",
    },
    paths: pathsOf(operations),
    components: {
      schemas,
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
  return made;
}

function pathsOf(all: readonly Operation[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of all) {
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = operationOf(operation);
  }
  return paths;
}

function operationOf(operation: Operation): Json {
  const { path, access, summary, query = {}, body, answers } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(query).map(([name, { means, schema }]) => ({
    name,
    in: "query",
    description: means,
    schema,
  }));
  return {
    operationId: nameOf(operation),
    summary,
    ...(inPath.length + inQuery.length === 0 ? {} : { parameters: [...inPath, ...inQuery] }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [JSON_TYPE]: { schema: reference(body) } } } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
      default: responseOf({ means: "refused, and why", schema: "Problem" }),
    },
    security: access === "read" || access === "change" || access === "metrics" ? [{ token: [] }, {}] : [],
  };
}

function responseOf({ means, schema, type }: Answer): Json {
  if (schema === undefined && type === undefined) return { description: means };
  const contentType = type ?? (schema === "Problem" ? PROBLEM_TYPE : JSON_TYPE);
  return {
    description: means,
    content: { [contentType]: { schema: schema === undefined ? { type: "string" } : reference(schema) } },
  };
}

function reference(schema: string): Json {
  return { $ref: `#/components/schemas/${schema}` };
}

// A client of the types that openapi-typescript makes, with openapi-fetch.
import createClient from "openapi-fetch";
import { all, show } from "./paging";
import type { paths } from "./schema";

const client = createClient<paths>({ baseUrl: process.argv[2] ?? "" });

async function someCases(cursor: string | null) {
  const { data } = await client.GET("/api/cases", { params: { query: { limit: 50, cursor } } });
  if (data === undefined || "address" in data) throw new Error("no cases");
  return data;
}

async function someRelated(to: string, cursor: string | null) {
  const asked = { path: { case: to }, query: { limit: 5, mode: "precedent", cursor } } as const;
  const { data } = await client.GET("/api/cases/{case}/related", { params: asked });
  if (data === undefined || "address" in data) throw new Error("no related cases");
  return data;
}

async function someDrivers(offset: string | null) {
  const asked = { level: "page", party: "any", minimum: 1, limit: 20, offset: Number(offset ?? 0) } as const;
  const { data } = await client.GET("/api/drivers", { params: { query: asked } });
  if (data === undefined || typeof data === "string" || "address" in data) throw new Error("no drivers");
  return data;
}

async function missingCase() {
  const { error } = await client.GET("/api/cases/{case}", { params: { path: { case: "CM99-9999999" } } });
  if (error === undefined) throw new Error("there is such a case");
  return error;
}

async function main(): Promise<void> {
  const cases = await all(someCases);
  const related = await all((cursor) => someRelated(cases[0]?.case ?? "", cursor), 12);
  show({ cases, related, drivers: await all(someDrivers), missing: await missingCase() });
}

void main();

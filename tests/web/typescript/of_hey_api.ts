// A client that @hey-api/openapi-ts makes.
import { cases as listed, drivers, oneCase, related as similar } from "./made";
import { client } from "./made/client.gen";
import { all, show } from "./paging";

client.setConfig({ baseUrl: process.argv[2] ?? "" });

async function someCases(cursor: string | null) {
  const { data } = await listed({ query: { limit: 50, cursor } });
  if (data === undefined || "address" in data) throw new Error("no cases");
  return data;
}

async function someRelated(to: string, cursor: string | null) {
  const { data } = await similar({ path: { case: to }, query: { limit: 5, mode: "precedent", cursor } });
  if (data === undefined || "address" in data) throw new Error("no related cases");
  return data;
}

async function someDrivers(offset: string | null) {
  const asked = { level: "page", party: "any", minimum: 1, limit: 20, offset: Number(offset ?? 0) } as const;
  const { data } = await drivers({ query: asked });
  if (data === undefined || typeof data === "string" || "address" in data) throw new Error("no drivers");
  return data;
}

async function missingCase() {
  const { error } = await oneCase({ path: { case: "CM99-9999999" } });
  if (error === undefined) throw new Error("there is such a case");
  return error;
}

async function main(): Promise<void> {
  const cases = await all(someCases);
  const related = await all((cursor) => someRelated(cases[0]?.case ?? "", cursor), 12);
  show({ cases, related, drivers: await all(someDrivers), missing: await missingCase() });
}

void main();

// What both clients do: follow a list to its end, and print what they found.

export interface Page<Row> {
  results: Row[];
  next: string | null;
  total: number;
}

export async function all<Row>(page: (after: string | null) => Promise<Page<Row>>, most = Infinity): Promise<Row[]> {
  const found: Row[] = [];
  for (let after: string | null = null, more = true; more; more = after !== null && found.length < most) {
    const next: Page<Row> = await page(after);
    found.push(...next.results);
    after = next.next;
  }
  return found;
}

export interface Found {
  cases: { case: string }[];
  related: { case: string; pairs: { outcome: "upheld" | "overturned" | "modified" | null }[] }[];
  drivers: { key: string; overturn_rate: number | null }[];
  missing: { status: number; detail: string };
}

export function show({ cases, related, drivers, missing }: Found): void {
  const distinct = [cases.map((row) => row.case), related.map((row) => row.case), drivers.map((row) => row.key)];
  console.log(...distinct.map((names) => new Set(names).size === names.length && names.length > 10));
  console.log(cases.length, missing.status, missing.detail);
}

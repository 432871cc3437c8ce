/** One line or metric of a panel. */
export interface Query {
  expr: string;
  /** How it is called; `{{label}}` is filled in. */
  legend: string;
}

/** A picture: what it shows, in Grafana's name of the unit, and the question that it answers. */
export interface Panel {
  title: string;
  description: string;
  unit: "reqps" | "percentunit" | "s" | "short" | "bytes" | "cores" | "ops" | "currencyUSD";
  queries: readonly Query[];
  /** @default "timeseries" */
  kind?: "timeseries" | "stat";
}

export interface Dashboard {
  /** Part of its address: it stays the same when the title changes. */
  uid: string;
  title: string;
  panels: readonly Panel[];
}

/** The uid of the data source that every panel asks. */
export const DATASOURCE = "prometheus";

/** Grafana's grid has 24 columns: two panels a row. */
const SIZE = { w: 12, h: 8 };

/** Grafana knows no unit of cores. */
const unitOf = ({ unit }: Panel) => (unit === "cores" ? "suffix: cores" : unit);

/** `A` … `Z`, `AA` …, as spreadsheets call their columns: a panel has a query for each service. Pure. */
export function refIdOf(query: number): string {
  const letter = String.fromCharCode(65 + (query % 26));
  return query < 26 ? letter : refIdOf(Math.floor(query / 26) - 1) + letter;
}

/** The dashboard as Grafana imports it. */
export function dashboardJson({ uid, title, panels }: Dashboard): Record<string, unknown> {
  const datasource = { type: "prometheus", uid: DATASOURCE };
  return {
    uid,
    title,
    schemaVersion: 39,
    tags: ["platform"],
    timezone: "browser",
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    // What the program made, it makes anew: changes belong into the program.
    editable: false,
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: panel.kind ?? "timeseries",
      title: panel.title,
      description: panel.description,
      datasource,
      gridPos: { ...SIZE, x: (index % 2) * SIZE.w, y: Math.floor(index / 2) * SIZE.h },
      fieldConfig: { defaults: { unit: unitOf(panel), min: 0 }, overrides: [] },
      options: panel.kind === "stat" ? {} : { tooltip: { mode: "multi", sort: "desc" } },
      targets: panel.queries.map(({ expr, legend }, query) => ({
        refId: refIdOf(query),
        datasource,
        expr,
        legendFormat: legend,
      })),
    })),
  };
}

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { Report } from "../../embedded/command";
import { type Blob, blobOf, type LayerEntry, tarOf } from "../../embedded/images/layer";
import { type Image, imageOf } from "../../embedded/images/oci";
import { accountFiles } from "../../embedded/images/stand-in-layer";
import { searchPath } from "../../embedded/images/standins";
import { goLayer } from "./go-layer";
import { pythonLayer } from "./python-layer";

/** The names of the images that `test/platforms/shop.ts` runs, and of the releases of its orders. */
export const foreign = {
  httpbin: "docker.io/shop/httpbin:2.26.0",
  quotes: "docker.io/shop/quotes:1.85.0",
  mqtt: "docker.io/shop/mqtt:2.7.9",
  orders: "docker.io/shop/orders:1.0.0",
  /** Adds a column, which the version before can live with. */
  ordersNext: "docker.io/shop/orders:2.0.0",
  /** Adds one that every row must have, and there are rows. */
  ordersBroken: "docker.io/shop/orders:3.0.0",
} as const;

const pythonFolder = join(import.meta.dirname, "python");

/**
 * Images of programs that were not written for this project, as their teams would build them: those in Go have nothing but
 * the program, those in Python are on Debian. Minutes when nothing is cached, and a second later on.
 * @throws {CommandFailure} when a registry is unavailable and the cache lacks what it serves
 */
export async function foreignImages(report: Report): Promise<Record<keyof typeof foreign, Image>> {
  const accounts = blobOf(await tarOf(accountFiles()));
  const httpbin = await goLayer(
    "httpbin",
    {
      "go-httpbin": "github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin",
      // For whoever calls a gRPC service by hand.
      grpc_health_probe: "github.com/grpc-ecosystem/grpc-health-probe",
    },
    report,
  );
  const quotes = await goLayer(
    "quotes",
    { "health-server": "google.golang.org/grpc/examples/features/health/server" },
    report,
  );
  const mqtt = await goLayer("mqtt", { mochi: "github.com/mochi-mqtt/server/v2/cmd" }, report);
  const python = await pythonLayer(report);
  const program = (name: keyof typeof foreign, path: string, layer: Blob) =>
    imageOf(foreign[name], { Entrypoint: [path] }, [accounts, layer]);
  const orders = async (name: keyof typeof foreign, releases: string[]) =>
    imageOf(foreign[name], pythonConfig, [python, accounts, blobOf(await tarOf(ordersFiles(releases)))]);
  return {
    httpbin: program("httpbin", "/go-httpbin", httpbin),
    quotes: program("quotes", "/health-server", quotes),
    mqtt: program("mqtt", "/mochi", mqtt),
    orders: await orders("orders", []),
    ordersNext: await orders("ordersNext", ["2.0.0"]),
    ordersBroken: await orders("ordersBroken", ["2.0.0", "3.0.0"]),
  };
}

const pythonConfig = {
  Env: [searchPath, "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1", "LANG=C.UTF-8"],
  Cmd: ["python"],
  WorkingDir: "/app",
};

/** The application, with the migrations of its releases so far. */
function ordersFiles(releases: readonly string[]): LayerEntry[] {
  const copied = ["alembic.ini", "orders", "migrations"].flatMap((part) =>
    filesIn(join(pythonFolder, part)).map((file) => fileAt(`app/${relative(pythonFolder, file)}`, file)),
  );
  const migrations = releases.flatMap((release) => {
    const folder = join(pythonFolder, "releases", release);
    return filesIn(folder).map((file) => fileAt(`app/migrations/versions/${relative(folder, file)}`, file));
  });
  return [{ kind: "link", path: "usr/bin/python", target: "python3" }, ...copied, ...migrations];
}

const fileAt = (path: string, file: string): LayerEntry => {
  return { kind: "file", path, content: readFileSync(file) };
};

function filesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map(({ parentPath, name }) => join(parentPath, name));
}

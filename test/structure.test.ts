import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { expect } from "chai";
import ts from "typescript";

type Graph = ReadonlyMap<string, readonly string[]>;

/** Every source file with what it imports, types and what is loaded later among it. */
const imports: Graph = importsOfProject();

const KUBE = "components/kube";
/** Rooms that several components share; Istio's is a component as well. */
const SHARED = [KUBE, "components/mesh"];

describe("The source", () => {
  it("has no circle of imports, imports of types included", () => {
    expect(circlesIn(imports)).to.deep.equal([]);
  });

  it("is searched for circles in a way that finds one", () => {
    const graph = { "a.ts": ["b.ts"], "b.ts": ["c.ts"], "c.ts": ["d.ts", "b.ts"], "d.ts": ["node:fs"] };
    expect(circlesIn(new Map(Object.entries(graph)))).to.deep.equal(["b.ts → c.ts → b.ts"]);
  });

  it("has a pure model/: it imports itself, zod and croner, nothing of Pulumi, Kubernetes or the file system", () => {
    expect(edgesFrom("model/", /^(model\/|zod$|croner$|node:net$)/)).to.deep.equal([]);
  });

  it("has nothing in platforms/ but catalogs", () => {
    expect(edgesFrom("platforms/", /^(model\/catalog\.ts$|platforms\/)/)).to.deep.equal([]);
  });

  it("makes a plan of a stack's file in stacks/ with the model and the catalogs alone", () => {
    expect(edgesFrom("stacks/", /^(model|platforms|stacks)\//, isOfProject)).to.deep.equal([]);
  });

  it("has components that know the model and each other, and nothing else of the project", () => {
    expect(edgesFrom("components/", /^(components|model)\//, isOfProject)).to.deep.equal([]);
  });

  it("makes resources of one's own in extras/ of the model and of what components share", () => {
    const shared = /^(model\/|extras\/|components\/(extras\.ts$|kube\/|mesh\/))/;
    expect(edgesFrom("extras/", shared, isOfProject)).to.deep.equal([]);
  });

  it("wires components in components/platform.ts alone: a leaf imports its own room and the shared ones", () => {
    const wires = [...imports].flatMap(([from, all]) => {
      if (!from.startsWith("components/") || from === "components/platform.ts") return [];
      const room = roomOf(from);
      const allowed = room === KUBE ? [KUBE] : [room, ...SHARED];
      return all
        .filter((to) => to.startsWith("components/") && !allowed.includes(roomOf(to)))
        .map((to) => `${from} → ${to}`);
    });
    expect(wires).to.deep.equal([]);
  });

  it("knows nothing of operations/, embedded/ and test/ in what they work on", () => {
    const rooms = [
      "index.ts",
      "extras/",
      "model/",
      "platforms/",
      "stacks/",
      "components/",
      "programs/",
      "policy/",
    ];
    const others = /^(?!operations\/|embedded\/|test\/)/;
    expect(rooms.flatMap((room) => edgesFrom(room, others))).to.deep.equal([]);
  });
});

/** The imports of a room that lead to where they should not. */
function edgesFrom(room: string, allowed: RegExp, which: (to: string) => boolean = () => true): string[] {
  const files = [...imports].filter(([from]) => from.startsWith(room));
  expect(files, room).to.not.deep.equal([]);
  return files.flatMap(([from, all]) =>
    all.filter((to) => which(to) && !allowed.test(to)).map((to) => `${from} → ${to}`),
  );
}

function isOfProject(path: string): boolean {
  return imports.has(path);
}

/** `components/kube` of a file in it or below; a file at the top of components/ is a room of its own. */
function roomOf(file: string): string {
  return file.split("/").slice(0, 2).join("/");
}

/** Paths of the project's own files from its root, and names of packages. */
function importsOfProject(): Graph {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
  const project = ts.getParsedCommandLineOfConfigFile("tsconfig.json", {}, host);
  if (!project) throw new Error("tsconfig.json cannot be read");
  const path = (file: string) => relative(process.cwd(), file);
  const importsOf = (file: string) =>
    ts.preProcessFile(readFileSync(file, "utf8")).importedFiles.map(({ fileName }) => {
      if (!fileName.startsWith(".")) return fileName;
      const { resolvedModule } = ts.resolveModuleName(fileName, file, project.options, ts.sys);
      return path(resolvedModule?.resolvedFileName ?? fileName);
    });
  return new Map(project.fileNames.map((file) => [path(file), importsOf(file)]));
}

/** At least one way around of every circle, as `a → b → a`. Pure. */
function circlesIn(graph: Graph): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) circles.push([...way.slice(start), file].join(" → "));
    if (start >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}

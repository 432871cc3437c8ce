import {
  type Catalog,
  cache,
  database,
  path,
  queue,
  type ServiceEntry,
  service,
  webSocket,
} from "../../model/catalog";
import { malai } from "../../platforms/malai";

/** A platform of so many services, each with everything that a service may use and with calls to two others. */
export function largeCatalog(size: number): Catalog {
  const nameOf = (index: number) => `service-${String(index).padStart(3, "0")}`;
  const services = Array.from({ length: size }, (_, index): [string, ServiceEntry] => {
    const callees = [index + 1, index + 2].filter((callee) => callee < size).map(nameOf);
    return [
      nameOf(index),
      {
        port: 10_000 + index,
        routes: [path(`/api/${nameOf(index)}/`), webSocket(`/ws/${nameOf(index)}/`)],
        uses: [database(nameOf(index)), cache(), queue(), ...callees.map((callee) => service(callee))],
        secrets: [`KEY_OF_${index}`],
      },
    ];
  });
  const { probes } = malai;
  return { name: "large", host: "large.example.com", probes, services: Object.fromEntries(services) };
}

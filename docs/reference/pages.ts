import { catalogPage } from "./catalog";
import { settingsPage } from "./settings";

/** Every page of docs/ that is made of the source, by the name of its file. */
export const pages = (): Record<string, string> => ({
  "settings.md": settingsPage(),
  "catalog.md": catalogPage(),
});

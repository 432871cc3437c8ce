export { type Parsed, parseSettings } from "./parse";
export { type Settings, settingsSchema } from "./schema";

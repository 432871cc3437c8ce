const PREFIX = "platform:";

/**
 * A stack's `platform:` settings without the prefix, as plain values that are not checked yet. Pulumi hands every
 * value over as text: of a map or a list it is JSON; what else it may be, the setting's schema knows. Pure.
 * @param config `<namespace>:<key>` and values, of Pulumi or of the stack's file
 */
export function platformValues(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(config).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(PREFIX.length), parsedJson(value)]));
}

function parsedJson(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

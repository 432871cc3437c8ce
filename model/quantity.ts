const FACTORS: Record<string, number> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/**
 * The number behind a Kubernetes quantity: cores for `250m`, bytes for `512Mi`.
 * @throws when it is no quantity
 */
export function quantity(text: string): number {
  const [, digits, suffix = ""] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = FACTORS[suffix];
  if (digits === undefined || factor === undefined) throw new Error(`"${text}" is not a Kubernetes quantity`);
  return Number(digits) * factor;
}

/** Cores as Kubernetes itself writes them, rounded up to a thousandth: `1500m`, `2`. */
export function coresOf(cores: number): string {
  const thousandths = Math.ceil(cores * 1000);
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}

const BINARY = ["Mi", "Gi", "Ti"] as const;

/** Bytes as Kubernetes itself writes them, rounded up to a mebibyte: `1536Mi`, `2Gi`. */
export function bytesOf(bytes: number): string {
  let value = Math.ceil(bytes / 2 ** 20);
  let unit = 0;
  while (value > 0 && value % 1024 === 0 && unit < BINARY.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value}${BINARY[unit]}`;
}

/** One thing that a scanner has against an object. */
export interface Finding {
  scanner: string;
  /** The scanner's name of what it looked for. */
  check: string;
  stack: string;
  /** Of the stack; undefined for a bad one. */
  tier?: "development" | "production";
  kind: string;
  name: string;
  /** What is wrong, in the scanner's words. */
  text: string;
}

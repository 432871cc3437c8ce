/** Something in the way, and what to do about it. */
export interface Problem {
  problem: string;
  remedy: string;
}

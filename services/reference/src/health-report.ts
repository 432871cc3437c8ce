/** What `/health` answers (docs/requirements.md, O4). */
export interface HealthReport {
  status: "healthy" | "unhealthy";
  /** ISO 8601. */
  timestamp: string;
  /** Seconds since the process started. */
  uptime: number;
  dependencies: Record<string, DependencyHealth>;
}

export interface DependencyHealth {
  status: "up" | "down";
  /** Milliseconds; left out when down. */
  responseTime?: number;
}

/** What a caller may choose about a platform on this machine. */
export interface PlatformOptions {
  /** Everything the platform keeps. Made when missing. */
  dataDir: string
  /** Added to every port, so that several platforms fit on one machine. */
  portsOffset?: number
  /** Wipe what an earlier run kept. */
  reset?: boolean
  /** Fill the databases with the demonstration network the first time; true when not given. */
  seed?: boolean
  /** Number of booking workers; 1 when not given. */
  workers?: number
  /** Only these services, with the servers they need; all when not given. */
  services?: readonly string[]
  /** More environment for a service (`booking`), for one process (`booking-worker-2`), or for all (`*`). */
  env?: Readonly<Record<string, NodeJS.ProcessEnv>>
  /** No progress on the terminal. */
  quiet?: boolean
}

/** A path prefix and who answers below it: a rule of the path table, or one that a Service in the cluster asked for. */
export interface Route {
  /** Without a trailing slash. The longest match wins. */
  prefix: string
  service: string
  /** Carries WebSocket upgrades. */
  websocket?: true
}

/** The route that owns a path, or undefined. */
export type Owners = (path: string) => Route | undefined
